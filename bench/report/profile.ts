import { readFileSync } from 'node:fs';

export interface ProfileNode {
  readonly id: number;
  readonly children?: readonly number[];
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
}

/** What Node writes with `--cpu-prof`. */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const most = 25;

/** A function's name and where it is. */
export const placeOf = ({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string =>
  `${functionName || '(anonymous)'} ${url.replace(/^.*\//, '')}:${lineNumber + 1}`;

/** The functions of a .cpuprofile that took the most time themselves, as lines of share, name and place; idle time left out. */
export function busiestFunctions(file: string): string[] {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const names = new Map(profile.nodes.map((node) => [node.id, placeOf(node)]));
  const spent = new Map<string, number>();
  let total = 0;
  profile.samples.forEach((id, i) => {
    const name = names.get(id) ?? '';
    if (name.startsWith('(idle)')) return;
    const time = profile.timeDeltas[i] ?? 0;
    total += time;
    spent.set(name, (spent.get(name) ?? 0) + time);
  });
  return [...spent]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name, time]) => `${((100 * time) / total).toFixed(1).padStart(5)} %  ${name}`);
}
