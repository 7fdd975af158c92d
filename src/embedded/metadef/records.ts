/** A body as its client gave it, once a schema has vouched for it. */
export type MetadefBody = Readonly<Record<string, unknown>>;

interface Dated {
  readonly created_at: number;
  readonly updated_at: number;
}

export interface PropertyRecord {
  readonly name: string;
  readonly body: MetadefBody;
}

export interface ObjectRecord extends Dated {
  readonly name: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: readonly PropertyRecord[];
}

export interface TagRecord extends Dated {
  readonly name: string;
}

export interface AssociationRecord extends Dated {
  readonly name: string;
  readonly prefix?: string;
  readonly properties_target?: string;
}

/** One namespace of metadata definitions with everything in it. */
export interface NamespaceRecord extends Dated {
  readonly id: string;
  readonly namespace: string;
  readonly display_name?: string;
  readonly description?: string;
  readonly visibility: 'public' | 'private';
  readonly protected: boolean;
  readonly owner: string;
  readonly properties: readonly PropertyRecord[];
  readonly objects: readonly ObjectRecord[];
  readonly tags: readonly TagRecord[];
  readonly associations: readonly AssociationRecord[];
}

/** The members of a body's object of definitions, in order. */
export function propertyRecords(value: unknown): PropertyRecord[] {
  const entries = Object.entries((value ?? {}) as Record<string, MetadefBody>);
  return entries.map(([name, body]) => ({ name, body }));
}
