/** Far deeper than anything that is meant, far shallower than what exhausts the stack when it is written again. */
const depthLimit = 200;

/** Nesting of arrays and objects in JSON, without parsing. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}

/** Whether JSON is nested so deeply that it can only be mischief. */
export const isTooDeep = (text: string): boolean => depthOf(text) > depthLimit;

/** Parses JSON; `undefined` for what is none, nesting too deep for the parser included. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
