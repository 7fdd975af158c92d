import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedPages } from '../../scripts/docs/pages.ts';

describe('the documents', () => {
  it.each([...generatedPages()])('say what the tables say: %s', (path, text) => {
    expect(readFileSync(path, 'utf8'), 'run `npm run docs`').toBe(text);
  });
});
