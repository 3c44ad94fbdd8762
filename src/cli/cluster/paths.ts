import type { Place, Resource } from '../../kubernetes/api-request.ts'

export function pathOf (
  { apiVersion, resource }: Resource, { namespace, name, labelSelector, fieldSelector }: Place, parameters: Record<string, string> = {},
  subresource?: string
): string {
  const collection = [...(namespace === undefined ? [] : ['namespaces', namespace]), resource]
  const steps = [...collection, ...(name === undefined ? [] : [name]), ...(subresource === undefined ? [] : [subresource])]
  const selectors = { ...(labelSelector !== undefined && { labelSelector }), ...(fieldSelector !== undefined && { fieldSelector }) }
  const query = new URLSearchParams({ ...selectors, ...parameters }).toString()
  return `${groupPath(apiVersion)}/${steps.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`
}

export function groupPath (apiVersion: string): string {
  const root = apiVersion.includes('/') ? 'apis' : 'api'
  return `/${[root, ...apiVersion.split('/')].map(encodeURIComponent).join('/')}`
}
