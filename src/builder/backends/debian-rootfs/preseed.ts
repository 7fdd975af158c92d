import {
  type PreseedUse,
  preseedQuestions,
  preseedTasks,
  preseedTypes,
} from '../../../../mappings/preseed.ts';
import { BuildFailure } from '../../backend.ts';
import type { Provision } from './provision.ts';

/** An answer of a preseed. */
interface Answer {
  readonly owner: string;
  readonly question: string;
  readonly type: string;
  readonly value: string;
}

const types = preseedTypes.join('|');
const answerLine = new RegExp(`^(\\S+)\\s+([^\\s/]+/\\S+)\\s+(${types})(?:\\s(.*))?$`);

/** Lines without comments, a backslash at the end of one joins the next to it. */
const logicalLines = (text: string): string[] =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

function answerOf(line: string): Answer | undefined {
  const [, owner, question, type, value = ''] = answerLine.exec(line) ?? [];
  if (owner === undefined || question === undefined || type === undefined) return undefined;
  return { owner, question, type, value: value.trim() };
}

/** Whether a text is a preseed: every line of it is an answer. */
export function isPreseed(text: string): boolean {
  const lines = logicalLines(text);
  return lines.length > 0 && lines.every((line) => answerOf(line) !== undefined);
}

/** A word of a shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const refused = ({ question }: Answer): BuildFailure =>
  new BuildFailure(`debian-rootfs cannot follow ${question.slice(0, 80)} of this preseed.`);

function checked(answer: Answer, pattern: RegExp): string {
  if (!pattern.test(answer.value)) throw refused(answer);
  return answer.value;
}

/** What an answer adds: lines of the guest's script, packages, or another variant. */
type Step = Partial<Omit<Provision, 'script'>> & { readonly lines?: readonly string[] };

// apt takes a last + or - for an order to install or to remove; g++ is a name
const packageName = /^[a-z0-9](?:[a-z0-9+.-]*(?:[a-z0-9.]|\+\+))?$/;
const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

const uses: Readonly<Record<PreseedUse, (answer: Answer) => Step>> = {
  ignored: () => ({}),
  hostname: (answer) => {
    const name = checked(answer, /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i);
    return {
      lines: [
        `echo ${name} > /etc/hostname`,
        `sed -i 's/^127.0.1.1.*/127.0.1.1 ${name}/' /etc/hosts`,
      ],
    };
  },
  locale: (answer) => {
    const name = checked(answer, /^[A-Za-z]+(?:_[A-Z]{2})?(?:\.[A-Za-z0-9-]+)?(?:@[a-z]+)?$/);
    if (/^(?:C|POSIX)(?:\.|$)/.test(name)) return {};
    const charset = /\.([^@]+)/.exec(name)?.[1] ?? 'UTF-8';
    const full = name.includes('.') ? name : name.replace(/(?=@|$)/, '.UTF-8');
    return {
      packages: ['locales'],
      lines: [
        `echo ${quoted(`${full} ${charset}`)} >> /etc/locale.gen`,
        'locale-gen',
        `update-locale LANG=${quoted(full)}`,
      ],
    };
  },
  timezone: (answer) => {
    const zone = checked(answer, /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+){0,2}$/);
    return {
      packages: ['tzdata'],
      lines: [
        `test -f /usr/share/zoneinfo/${zone}`,
        `ln -sf /usr/share/zoneinfo/${zone} /etc/localtime`,
        `echo ${zone} > /etc/timezone`,
      ],
    };
  },
  'root-password': ({ value }) => ({
    lines: [`chpasswd <<< ${quoted(`root:${value}`)}`],
  }),
  'root-password-crypted': ({ value }) => ({
    lines: [`chpasswd --encrypted <<< ${quoted(`root:${value}`)}`],
  }),
  tasks: (answer) => {
    const tasks = words(answer.value);
    if (!tasks.every((task) => Object.hasOwn(preseedTasks, task))) throw refused(answer);
    return tasks.some((task) => preseedTasks[task] === 'standard') ? { variant: 'standard' } : {};
  },
  packages: (answer) => {
    const packages = words(answer.value);
    if (!packages.every((name) => packageName.test(name))) throw refused(answer);
    return { packages };
  },
  // written for the installer, where the new system is below /target
  'late-command': ({ value }) => ({
    lines: [
      'ln -sfn / /target',
      'in-target() { "$@"; }',
      'export -f in-target',
      `bash -ec ${quoted(value)}`,
      'rm -f /target',
    ],
  }),
};

const fits = (pattern: string, question: string): boolean =>
  pattern.endsWith('*') ? question.startsWith(pattern.slice(0, -1)) : pattern === question;

function stepOf(answer: Answer): Step {
  const row = preseedQuestions.find(({ question }) => fits(question, answer.question));
  if (row) {
    if (row.only && !row.only.includes(answer.value)) throw refused(answer);
    return uses[row.use](answer);
  }
  if (answer.owner === 'd-i') throw refused(answer);
  const { owner, question, type, value } = answer;
  return {
    lines: [
      `debconf-set-selections <<< ${quoted(`${owner} ${question} ${type} ${value}`)}`,
      ...(packageName.test(owner)
        ? [
            `if dpkg -s ${owner} > /dev/null 2>&1; then dpkg-reconfigure -f noninteractive ${owner}; fi`,
          ]
        : []),
    ],
  };
}

/** The late command runs when all else is done. */
const isLate = ({ question }: Answer): number => (question === 'preseed/late_command' ? 1 : 0);

/** Turns a preseed into packages and a script. Throws {@link BuildFailure} that names an answer which would be lost. */
export function readPreseed(text: string): Provision {
  const answers = logicalLines(text)
    .flatMap((line) => answerOf(line) ?? [])
    .filter(({ type }) => type !== 'seen')
    .sort((a, b) => isLate(a) - isLate(b));
  const steps = answers.map(stepOf);
  const lines = steps.flatMap((step) => step.lines ?? []);
  return {
    ...(lines.length > 0 && { script: ['#!/bin/bash', 'set -e', ...lines, ''].join('\n') }),
    packages: [...new Set(steps.flatMap((step) => step.packages ?? []))],
    variant: steps.some((step) => step.variant === 'standard') ? 'standard' : 'minbase',
  };
}
