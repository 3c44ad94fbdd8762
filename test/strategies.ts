/** Metacontroller's apply strategies. */
export const strategies = ['dynamic-apply', 'server-side-apply'] as const

/** The strategies of this run: both, or that of K8S_MTP_APPLY_STRATEGY. */
export const strategiesOfRun = process.env.K8S_MTP_APPLY_STRATEGY !== undefined ? [process.env.K8S_MTP_APPLY_STRATEGY] : strategies
