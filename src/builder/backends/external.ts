import { access, constants, lstat, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import {
  type Artifact,
  type BuildBackend,
  BuildFailure,
  type BuildOrder,
  type BuildSite,
} from '../backend.ts';
import { fileArtifact } from '../file-artifact.ts';
import { endOf } from '../machine/program.ts';
import { diskFault } from '../sound-disk.ts';

/** How images are made by a program of the operator's (docs/builder-external.md). */
export interface ExternalOptions {
  /** The program's path. */
  readonly command: string;
  /** The most bytes of a file that it may write. */
  readonly disk: number;
}

/** What the program has said of its result. */
interface Said {
  error?: string;
  disk?: { readonly format: Artifact['diskFormat']; readonly path: string };
}

const longestUri = 255;
const isUri = (text: string): boolean =>
  /^https?:\/\/\S+$/.test(text) && text.length <= longestUri && URL.canParse(text);

/** What the first word of a line means; anything else is for the operator's log. */
function hear(line: string, said: Said, site: BuildSite): void {
  const [, word = '', value = ''] = /^(\w+) +(\S.*?)\s*$/.exec(line) ?? [];
  if (word === 'progress' && /^\d{1,3}$/.test(value)) site.progress(Number(value));
  else if ((word === 'server' || word === 'image') && isUri(value)) site.locate({ [word]: value });
  else if (word === 'error' && value !== '') said.error = value;
  else if ((word === 'qcow2' || word === 'raw') && value !== '') {
    said.disk = { format: word, path: value };
  } else site.log(line);
}

/** The file that the program made, if it is one, in the build's folder, and leads nowhere else. */
async function result({ disk }: Said, { folder, log }: BuildSite): Promise<Artifact> {
  if (!disk) throw new BuildFailure('The external builder made no disk.');
  const path = resolve(folder, disk.path);
  const place = await realpath(folder);
  const file = await realpath(path).catch(() => undefined);
  const inside = file?.startsWith(`${place}${sep}`);
  // links are refused even where they lead inside: what they lead to could be changed meanwhile
  const regular = inside && (await lstat(path)).isFile();
  const wrong = regular ? await diskFault(path, disk.format) : "is no file in the build's folder";
  if (wrong === undefined) return fileArtifact(path, disk.format);
  log(`the disk ${disk.path} ${wrong}`);
  throw new BuildFailure("The external builder's disk cannot be used.");
}

/** Hands builds to a program: the order on its standard input, a line of its standard output for each thing it has to tell. */
export function createExternal({ command, disk }: ExternalOptions): BuildBackend {
  const program = resolve(command);

  async function build(order: BuildOrder, site: BuildSite): Promise<Artifact> {
    const said: Said = {};
    const ended = await endOf(program, [], {
      cwd: site.folder,
      signal: site.signal,
      env: { HOME: site.folder, TMPDIR: site.folder },
      input: `${JSON.stringify({ ...order, limits: { disk } })}\n`,
      line: (line) => hear(line, said, site),
      limits: { file: disk },
    });
    if (ended.code === 0 && said.error === undefined) return result(said, site);
    for (const line of ended.tail) site.log(line);
    const how = ended.code === undefined ? 'was ended by a signal' : `ended with ${ended.code}`;
    throw new BuildFailure(said.error ?? `The external builder ${how}.`);
  }

  return {
    name: 'external',
    declines: () => undefined,
    build,
    check: async () => {
      const ready = await access(program, constants.X_OK).then(
        () => true,
        () => false,
      );
      const finding = ready ? `runs ${program}` : `${program} is not there, or not executable`;
      return { ready, findings: [finding], missing: [] };
    },
  };
}
