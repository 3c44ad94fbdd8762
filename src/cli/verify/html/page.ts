export const verifyPage = (_: unknown, __: unknown): string => ''
