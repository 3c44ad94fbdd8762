import { Agent, request } from 'undici'

/** Sends a GET: whether it succeeds with 200, and its text. A failure to connect is not ok. */
export async function probe (url: string, tls: { ca?: string, cert?: string, key?: string } = {}): Promise<{ ok: boolean, text: string }> {
  const dispatcher = new Agent({ connect: { timeout: 2_000, ...tls } })
  try {
    const answer = await request(url, {
      dispatcher,
      headersTimeout: 5_000
    })
    return { ok: answer.statusCode === 200, text: await answer.body.text() }
  } catch (error) {
    return { ok: false, text: String(error) }
  } finally {
    await dispatcher.destroy()
  }
}
