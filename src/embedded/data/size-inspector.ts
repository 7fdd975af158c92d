/** Works out the virtual size while data passes by. */
export interface SizeInspector {
  see(chunk: Uint8Array): void;
  /** The virtual size; `null` when the format does not say or the data is not of that format. */
  result(): number | null;
}
