import { type Fault, fault, kindOfUpstreamStatus } from '../core/fault.ts';
import { parseJson } from '../core/json.ts';
import { type UpstreamAnswer, UpstreamFailure } from '../core/upstream.ts';

/** No single answer that is read whole may be larger (bytes); a page of 1,000 images is about 1 MiB. */
export const answerLimit = 64 * 1024 * 1024;

/** For bytes that are all there; it keeps nothing between two calls. */
const whole = new TextDecoder();

/** The text of an answer that is read whole. Throws {@link UpstreamFailure} `too-large` over the limit. */
export async function textOf(answer: UpstreamAnswer): Promise<string> {
  const { body } = answer;
  if (body === null) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return whole.decode(body);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > answerLimit) throw new UpstreamFailure('too-large', 'answer too large');
  }
  return text + decoder.decode();
}

const longestSentence = 500;

function plain(html: string): string {
  return html
    .replace(/<[^>]{0,200}>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestSentence);
}

/** Glance's own sentence of a 4xx answer (it is asked for JSON); `undefined` when there is none to be found. */
function sentenceOf(text: string): string | undefined {
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  // Nova and Keystone put it one level down
  const holder: unknown = 'message' in parsed ? parsed : Object.values(parsed)[0];
  const message = (holder as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? plain(message) || undefined : undefined;
}

/** Turns an error answer of Glance into a fault. Words of 5xx answers stay behind: they may tell of the inside. */
export async function faultOf(answer: UpstreamAnswer): Promise<Fault> {
  const kind = kindOfUpstreamStatus(answer.status);
  const text = await textOf(answer);
  const retryAfter = Number(answer.headers['retry-after']);
  return fault(kind, answer.status < 500 ? sentenceOf(text) : undefined, {
    ...(kind === 'unauthorized' && { authenticate: answer.headers['www-authenticate'] }),
    ...(Number.isInteger(retryAfter) && retryAfter >= 0 && { retryAfter }),
  });
}

/** The fault for a call that got no answer; rethrows what is no {@link UpstreamFailure}. */
export function faultOfFailure(error: unknown): Fault {
  if (!(error instanceof UpstreamFailure)) throw error;
  return fault(
    `upstream-${error.kind}`,
    undefined,
    error.kind === 'unreachable' ? { retryAfter: 5 } : {},
  );
}
