/** StarlingX's image properties: what they may hold, and what it means when they are absent. */

interface PropertyRow {
  readonly property: string;
  readonly kind: 'integer' | 'flag' | 'text';
  /** Smallest and largest number taken. */
  readonly min?: number;
  readonly max?: number;
  /** Whether 0 is taken besides the range. */
  readonly zero?: boolean;
  /** Said when a value is refused; the value follows. */
  readonly error?: string;
  /** In force when the property is absent. */
  readonly byDefault: string;
  /** `always`: by StarlingX's own Glance; `strict`: only where its document is taken at its word; `never`. */
  readonly checked: 'always' | 'strict' | 'never';
  /** `server`: read-only by the document. */
  readonly writer: 'client' | 'server';
  /** Which of flavor and image wins, and who reads it. */
  readonly precedence: string;
  /** `[value, whether it is taken, as stored]`; run as tests through every door. */
  readonly examples: readonly (readonly [value: string, taken: boolean, stored?: string])[];
}

/** In the order in which they are checked; the first that is refused is told. */
export const properties = [
  {
    property: 'hw_wrs_live_migration_max_downtime',
    kind: 'integer',
    min: 100,
    error: 'hw_wrs_live_migration_max_downtime must be a number greater than or equal to 100, value:',
    byDefault: '500 (milliseconds)',
    checked: 'always',
    writer: 'client',
    precedence: 'the flavor wins',
    examples: [
      ['100', true],
      ['99', false],
      ['500', true],
      ['1000000', true],
      ['-1', false],
      ['', true],
      ['soon', false],
      [' 200 ', true],
      ['+200', true],
      ['0200', true],
      ['2e2', false],
    ],
  },
  {
    property: 'hw_wrs_live_migration_timeout',
    kind: 'integer',
    min: 120,
    max: 800,
    zero: true,
    error: 'hw_wrs_live_migration_timeout must be a number between 120 and 800 or 0, value:',
    byDefault: '800 (seconds); 0 = off',
    checked: 'always',
    writer: 'client',
    precedence: 'the smallest that is not 0, of flavor, image and instance',
    examples: [
      ['0', true],
      ['1', false],
      ['119', false],
      ['120', true],
      ['800', true],
      ['801', false],
      ['', true],
      ['300.5', false],
      ['0x1f', false],
      [' 400 ', true],
      ['+400', true],
      ['0400', true],
    ],
  },
  {
    property: 'sw_wrs_auto_recovery',
    kind: 'flag',
    error: 'sw_wrs_auto_recovery must be True or False, value:',
    byDefault: 'True',
    checked: 'always',
    writer: 'client',
    precedence: 'the flavor wins',
    examples: [
      ['True', true, 'True'],
      ['false', true, 'False'],
      ['TRUE', true, 'True'],
      ['fAlSe', true, 'False'],
      ['', true],
      ['yes', false],
      ['1', false],
      ['t', false],
      [' true', false],
    ],
  },
  {
    property: 'cache_raw',
    kind: 'flag',
    error: 'cache_raw must be True or False, value:',
    byDefault: 'False',
    checked: 'strict',
    writer: 'client',
    precedence: 'read by the caching worker only',
    examples: [
      ['True', true],
      ['False', true],
    ],
  },
  { property: 'store', kind: 'text', byDefault: 'none', checked: 'strict', writer: 'server', precedence: 'shown: file or rbd', examples: [] },
  { property: 'cache_raw_status', kind: 'text', byDefault: 'none', checked: 'strict', writer: 'server', precedence: 'shown', examples: [] },
  { property: 'cache_raw_size', kind: 'text', byDefault: 'none', checked: 'strict', writer: 'server', precedence: 'shown', examples: [] },
  { property: 'cache_raw_url', kind: 'text', byDefault: 'none', checked: 'strict', writer: 'server', precedence: 'shown', examples: [] },
] as const satisfies readonly PropertyRow[];

/** Words that the document uses for where an image is stored, by the scheme of its `direct_url`. */
export const storeSchemes = [
  { scheme: 'file', store: 'file' },
  { scheme: 'filesystem', store: 'file' },
  { scheme: 'rbd', store: 'rbd' },
] as const;
