/** What a person gave cannot be used; the message says where and why, one line for each finding. */
export class InputError extends Error {}
