/** Metacontroller's apply strategies. */
export const strategies = ['dynamic-apply', 'server-side-apply'] as const

/** Those that the tests of this run go by: both, or the one that K8S_MTP_APPLY_STRATEGY names. */
export const strategiesOfRun = process.env.K8S_MTP_APPLY_STRATEGY !== undefined ? [process.env.K8S_MTP_APPLY_STRATEGY] : strategies
