interface Range {
  readonly type: string;
  readonly quality: number;
}

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const q = parameters.find((parameter) => parameter.toLowerCase().startsWith('q='));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  // A parameter asks for a variant that is not offered.
  const special = parameters.some((parameter) => parameter !== '' && parameter !== q);
  const name = special ? `${type};*` : type;
  return { type: name.toLowerCase(), quality: Number.isFinite(quality) ? quality : 0 };
}

const wellFormed = /^[^\s/]+\/[^\s/]+$/;

function isMalformed(accept: string): boolean {
  const types = accept.split(',').map((part) => (part.split(';')[0] ?? '').trim());
  return types.some((type) => type !== '' && !wellFormed.test(type));
}

function qualityOf(offer: string, ranges: readonly Range[]): number {
  const family = `${offer.split('/')[0]}/*`;
  // The most specific range decides, whatever its quality.
  for (const wanted of [offer, family, '*/*']) {
    const match = ranges.find((range) => range.type === wanted);
    if (match !== undefined) return match.quality;
  }
  return 0;
}

/** The best of `offers` (the first wins a tie); `undefined` when none is acceptable or nothing is asked for. */
export function negotiate<T extends string>(accept: string, offers: readonly T[]): T | undefined {
  // What cannot be understood restricts nothing.
  if (isMalformed(accept)) return offers[0];
  const ranges = accept.split(',').map(parseRange);
  let best: T | undefined;
  let bestQuality = 0;
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges);
    if (quality > bestQuality) {
      best = offer;
      bestQuality = quality;
    }
  }
  return best;
}
