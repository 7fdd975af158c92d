/**
 * A pure function of a thing and of some words, whose last result is kept with the thing if that can never change (is
 * frozen). Whatever shapes the result must be among the arguments: then a result only comes back to a caller who was given
 * the very same thing and would have got the very same result.
 */
export function finished<Thing extends object, Words extends readonly unknown[], Result>(
  make: (thing: Thing, ...words: Words) => Result,
): (thing: Thing, ...words: Words) => Result {
  const kept = new WeakMap<Thing, { readonly words: Words; readonly result: Result }>();
  return (thing, ...words) => {
    if (!Object.isFrozen(thing)) return make(thing, ...words);
    const last = kept.get(thing);
    if (last?.words.every((word, at) => word === words[at])) return last.result;
    const result = make(thing, ...words);
    kept.set(thing, { words, result });
    return result;
  };
}
