import { architectures, usualArchitecture } from '../../mappings/architectures.ts';

const names = new Map<string, string>(
  architectures.flatMap(({ name, others }) =>
    [name, ...others].map((each) => [each, name] as const),
  ),
);

/** The name that Glance has for an architecture, however it was asked for; a word that nobody knows stays as it is. */
export function architectureOf(osArch: string | undefined): string {
  const asked = (osArch ?? usualArchitecture).toLowerCase();
  return names.get(asked) ?? asked;
}

/** Whether guests can be of this architecture. */
export const isGuestArchitecture = (osArch: string | undefined): boolean =>
  architectureOf(osArch) === usualArchitecture;
