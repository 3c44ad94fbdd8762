import { any } from '../../api/workload-policy.ts'
import { quoted } from '../cel.ts'

const ofContainers = (object: string, field: string) =>
  `(has(${object}.spec.${field}) ? ${object}.spec.${field}.map(container, has(container.image) ? container.image : '') : [])`

const ofVolumes = (object: string) =>
  `(has(${object}.spec.volumes) ? ${object}.spec.volumes.filter(volume, has(volume.image) && has(volume.image.reference)).map(volume, volume.image.reference) : [])`

/** All images that a pod names. */
export const imagesIn = (object: string): string =>
  `(${['containers', 'initContainers', 'ephemeralContainers'].map(field => ofContainers(object, field)).join(' + ')} + ${ofVolumes(object)})`

/** The first part is a registry, as runtimes read it, and not the first part of a path at Docker Hub. */
const beginsWithRegistry = "name.contains('/') && (name.split('/')[0].matches('[.:A-Z]') || name.split('/')[0] == 'localhost')"

/** An image that lies on the node, by its digest: it comes from whoever had it pulled, so from no registry. */
const isLocal = "name.matches('^([a-z0-9]+:)?[0-9a-f]{32,}$')"

/**
 * The images as runtimes understand them: without digest, and with the registry that they go to where none is named.
 * Source: https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed
 */
export const originsOf = (images: string): string => `
  ${images}
    .map(image, image.split('@')[0])
    .map(name, ${beginsWithRegistry} || ${isLocal} ? name : 'docker.io/' + name)
    .map(name, name.startsWith('index.docker.io/') ? name.replace('index.docker.io/', 'docker.io/', 1) : name)
    .map(name, name.startsWith('docker.io/') && name.split('/').size() == 2 ? name.replace('/', '/library/', 1) : name)`

/** By whole parts of the path: `registry.example.com/team` lets team/app and team:v1 through, not team-b/app. A port is no tag. */
export const isFromRegistry = (origin: string, registries: string): string => `
  ${registries}.exists(registry, registry == ${quoted(any)} || ${origin} == registry || ${origin}.startsWith(registry + '/')
    || (registry.contains('/') && ${origin}.startsWith(registry + ':')))`
