import { any } from '../../api/workload-policy.ts'
import { fieldOr, quoted } from '../cel.ts'

/** True for a volume with the content of an image. */
export const hasImage = 'has(volume.image) && has(volume.image.reference)'

/** Lists all containers in the spec of a pod. */
export const containersIn = (spec: string): string =>
  `(${['containers', 'initContainers', 'ephemeralContainers'].map(field => fieldOr(`${spec}.${field}`)).join(' + ')})`

/** Lists all images in the spec of a pod. */
export const imagesIn = (spec: string): string => `
  (${containersIn(spec)}.map(container, ${fieldOr('container.image', quoted(''))})
  + ${fieldOr(`${spec}.volumes`)}.filter(volume, ${hasImage}).map(volume, volume.image.reference))`

/** True if the first part is a registry, as container runtimes parse it, rather than part of a path on Docker Hub. */
const beginsWithRegistry = "name.contains('/') && (name.split('/')[0].matches('[.:A-Z]') || name.split('/')[0] == 'localhost')"

/** True for an image ID: the image is on the node already, so it has no registry. */
const isImageId = "name.matches('^([a-z0-9]+:)?[0-9a-f]{32,}$')"

/**
 * Normalizes images as container runtimes do: without digest, and with the default registry where none is named.
 * Source: https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed
 */
export const originsOf = (images: string): string => `
  ${images}
    .map(image, image.split('@')[0])
    .map(name, ${beginsWithRegistry} || ${isImageId} ? name : 'docker.io/' + name)
    .map(name, name.startsWith('index.docker.io/') ? name.replace('index.docker.io/', 'docker.io/', 1) : name)
    .map(name, name.startsWith('docker.io/') && name.split('/').size() == 2 ? name.replace('/', '/library/', 1) : name)`

/** Compares whole path segments: `registry.example.com/team` allows team/app and team:v1, not team-b/app. A port is not a tag. */
export const isFromRegistry = (origin: string, registries: string): string => `
  ${registries}.exists(registry, registry == ${quoted(any)} || ${origin} == registry || ${origin}.startsWith(registry + '/')
    || (registry.contains('/') && ${origin}.startsWith(registry + ':')))`
