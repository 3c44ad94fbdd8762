/**
 * For maps that the engine writes: it replaces them as a whole. Of a map with keys of their own, server-side apply leaves null once the
 * last key goes, which no schema allows.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#custom-resources-and-server-side-apply
 */
export const atomic = { 'x-kubernetes-map-type': 'atomic' } as const
