/** Gives a record a value under any name, `__proto__` included. A record without a prototype would do too, and costs JSON twice as much. */
export function setAny<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') record[name] = value;
  else Object.defineProperty(record, name, { value, enumerable: true });
}
