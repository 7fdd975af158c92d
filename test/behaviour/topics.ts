import type { Client } from './client.ts';
import { createWithData } from './topics/create-with-data.ts';
import { reserve } from './topics/reserve.ts';

/** Defines the tests of one topic for a gateway whose Image service is empty at first. */
export type Topic = (client: Client) => void;

/** Every topic by its name; each one wants a gateway of its own. */
export const topics: Readonly<Record<string, Topic>> = {
  'reserving an image': reserve,
  'creating an image with data': createWithData,
};
