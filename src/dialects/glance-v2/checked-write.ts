import { type Fault, isFault } from '../../core/fault.ts';
import type { PatchStep } from '../../core/patch.ts';
import type { PropertyRules } from '../../core/property-rules.ts';
import type { Reply } from '../../core/reply.ts';
import type { DialectRequest, DirectServices } from '../dialect.ts';

/** Bytes of an image document or a patch; Glance's own texts stay far below. */
const documentLimit = 1024 * 1024;

const patchType = /^application\/openstack-images-v2\.[01]-json-patch\s*(?:;|$)/i;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether a PUT is the documented update: a JSON patch, which the server took as PATCH. */
export const isDocumentedPut = ({ exchange }: DialectRequest): boolean =>
  patchType.test(exchange.header('content-type') ?? '');

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    // Glance says what is wrong with it
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Steps of both patch forms that Glance takes: `{"op", "path"}` and the older `{"add": "/x"}`. */
function readStep(step: unknown): PatchStep | undefined {
  if (!isObject(step)) return undefined;
  for (const op of ['add', 'replace', 'remove'] as const) {
    const path = step['op'] === op ? step['path'] : step[op];
    if (typeof path !== 'string') continue;
    return op === 'remove' ? { op, path } : { op, path, value: step['value'] };
  }
  return undefined;
}

/** The document with canonical values put in; the same object when nothing changes. Fault: the rules' own. */
function ruled(document: unknown, rules: PropertyRules): unknown | Fault {
  if (Array.isArray(document)) {
    const verdict = rules.judgePatch(document.flatMap((step) => readStep(step) ?? []));
    if (isFault(verdict) || verdict.size === 0) return isFault(verdict) ? verdict : document;
    return document.map((step) => {
      const read = readStep(step);
      const value = read && verdict.get(read.path.slice(1));
      return value === undefined || read?.op === 'remove' ? step : { ...step, value };
    });
  }
  if (!isObject(document)) return document;
  const verdict = rules.judge(new Map(Object.entries(document)));
  if (isFault(verdict) || verdict.size === 0) return isFault(verdict) ? verdict : document;
  return { ...document, ...Object.fromEntries(verdict) };
}

/** Forwards an image document or a patch once the rules have seen it: byte for byte when they change nothing. */
export async function forwardChecked(
  { exchange }: DialectRequest,
  { forward }: DirectServices,
  rules: PropertyRules,
  method: string,
): Promise<Reply | Fault> {
  const bytes = await exchange.body.bytes(documentLimit);
  if (isFault(bytes)) return bytes;
  const document = parse(bytes);
  const after = ruled(document, rules);
  if (isFault(after)) return after;
  const body = after === document ? bytes : new TextEncoder().encode(JSON.stringify(after));
  return forward({ method, body });
}
