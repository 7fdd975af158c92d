/** Names of processor architectures: the one of Glance's `architecture` property, and what else clients say. */
export const architectures = [
  { name: 'x86_64', others: ['amd64', 'x86-64', 'x64'] },
  { name: 'aarch64', others: ['arm64'] },
  { name: 'i686', others: ['i386', 'i586', 'x86'] },
  { name: 'ppc64le', others: ['ppc64el'] },
  { name: 's390x', others: [] },
] as const;

/** What is meant where no architecture is named, and the only one of guests here. */
export const usualArchitecture = 'x86_64';
