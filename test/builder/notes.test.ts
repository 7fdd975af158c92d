import { expect, it } from 'vitest';
import { createNotes } from '../../src/builder/notes.ts';

it('a build that writes without end does not fill the log', () => {
  const lines: unknown[] = [];
  const note = createNotes((event, facts) => lines.push([event, facts]), 'b');
  for (let n = 1; n <= 100_000; n += 1) note(`line ${n}`);
  expect(lines.length).toBeLessThan(50_000);
  expect(lines[0]).toEqual(['note', { build: 'b', line: 'line 1' }]);
  expect(lines.at(-1)).toEqual(['note', { build: 'b', line: 'no more of this build is logged' }]);
});
