import { reservedPropertyPrefix } from '../../../mappings/glance-image.ts';
import {
  escapePrefix,
  nullableProperties,
  unusablePropertyNames,
} from '../../../mappings/glance-v1.ts';
import { isBuildProperty } from '../../core/build-contract.ts';
import { isBaseField } from '../../core/image.ts';

const unusable: ReadonlySet<string> = new Set(unusablePropertyNames);
const nullable: ReadonlySet<string> = new Set(nullableProperties);

/** v1's property name → the name that it is kept under in Glance. One-to-one, undone by {@link shownName}. */
export function storedName(name: string): string {
  const mustEscape =
    isBaseField(name) ||
    unusable.has(name) ||
    name.startsWith(reservedPropertyPrefix) ||
    isBuildProperty(name) ||
    name.startsWith(escapePrefix);
  return mustEscape ? escapePrefix + name : name;
}

/** The name of a Glance property in v1; `undefined` for what Glance keeps for itself. */
export function shownName(stored: string): string | undefined {
  if (stored.startsWith(reservedPropertyPrefix) || isBuildProperty(stored)) return undefined;
  return stored.startsWith(escapePrefix) ? stored.slice(escapePrefix.length) : stored;
}

/** v1's null property is an empty text in Glance, which takes null only where its schema says so. */
export function storedValue(name: string, value: string | null): string | null {
  if (value !== null) return value;
  return nullable.has(name) ? null : '';
}

export const shownValue = (stored: string | null): string | null => stored || null;
