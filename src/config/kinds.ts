import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// zod/mini comes without words for what is wrong
z.config(en());

export const text = z.string().check(z.minLength(1));

export const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL', abort: true })
  .check(z.refine((address) => !/^[^/]*\/\/[^/?#]*@/.test(address), 'must not hold credentials'));

/** A list as text: commas between, brackets around allowed (Glance's own way of writing them). */
export const words = z.pipe(
  z.union([z.array(z.union([z.string(), z.number()])), z.string(), z.number()]),
  z.transform((value) =>
    (Array.isArray(value)
      ? value
      : String(value)
          .trim()
          .replace(/^\[|\]$/g, '')
          .split(',')
    )
      .map((word) => String(word).trim())
      .filter((word) => word !== ''),
  ),
);

const between = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));

/** A whole number, as such or as digits; nothing else is one. */
export const whole = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.pipe(
    z.union(
      [z.number(), z.pipe(z.string().check(z.regex(/^\s*\d+\s*$/)), z.transform(Number))],
      'must be a whole number',
    ),
    between(min, max),
  );

export const port = whole(0, 65535);
export const ports = z.pipe(
  z.pipe(
    words,
    z.transform((list) => list.map(Number)),
  ),
  z.array(between(1, 65535)),
);
export const flag = z.union([z.boolean(), z.stringbool()]);
/** Timers take no more than 31 bits. */
export const milliseconds = whole(1, 2 ** 31 - 1);

/** `NAME=VALUE` pairs, as text or a mapping. */
export const pairs = z.pipe(
  z.union([z.record(z.string(), z.string()), z.string()]),
  z.transform((value, context) => {
    if (typeof value !== 'string') return value;
    const pairs = value.split(',').filter((each) => each.trim() !== '');
    const read = pairs.map((pair) => pair.split('=').map((each) => each.trim()));
    if (read.every(([name, word, ...more]) => name && word && more.length === 0)) {
      return Object.fromEntries(read) as Record<string, string>;
    }
    context.issues.push({
      code: 'custom',
      message: 'must be NAME=VALUE, with commas between',
      input: value,
    });
    return z.NEVER;
  }),
);

/** What people are told of a setting; the value of a secret is never shown. */
export interface Meaning {
  readonly says: string;
  readonly secret?: true;
  /** Has no effect on a Worker, where the platform has the matter in hand. */
  readonly nodeOnly?: true;
}

const meanings = z.registry<Meaning>();

/** A setting: its form, and what it means to people. */
export function setting<Form extends z.ZodMiniType>(
  form: Form,
  says: string,
  more?: Omit<Meaning, 'says'>,
) {
  meanings.add(form, { says, ...more });
  return form;
}

/** What a setting means. */
export const meaningOf = (form: z.core.$ZodType | undefined): Meaning =>
  (form && meanings.get(form)) ?? { says: '' };
