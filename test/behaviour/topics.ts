import type { Client } from './client.ts';
import { createWithData } from './topics/create-with-data.ts';
import { crossing, passThrough } from './topics/crossing.ts';
import { deleting } from './topics/deleting.ts';
import { differences } from './topics/differences.ts';
import { downloads } from './topics/downloads.ts';
import { errors, methods } from './topics/errors.ts';
import { filters, propertyFilters } from './topics/filters.ts';
import { lists, paging, sorting } from './topics/lists.ts';
import { members, sharedImages } from './topics/members.ts';
import { propertyNames, propertyValues, quotas } from './topics/properties.ts';
import { reserve } from './topics/reserve.ts';
import { roundTrips } from './topics/round-trips.ts';
import { sources } from './topics/sources.ts';
import { update, updateProperties, uploadLater } from './topics/update.ts';
import { addresses, requestIds, versions } from './topics/versions.ts';
import { visibility } from './topics/visibility.ts';

/** Defines the tests of one topic for a gateway whose Image service is empty at first. */
export type Topic = (client: Client) => void;

/** Every topic by its name; each one wants a gateway of its own. */
export const topics: Readonly<Record<string, Topic>> = {
  'reserving an image': reserve,
  'creating an image with data': createWithData,
  'updating an image': update,
  'updating properties': updateProperties,
  'uploading to a reserved image': uploadLater,
  'deleting an image': deleting,
  'the members of an image': members,
  'shared images': sharedImages,
  downloads,
  lists,
  'paging through a list': paging,
  'sorting a list': sorting,
  'filtering a list': filters,
  'filtering a list by properties': propertyFilters,
  'is_public in lists': visibility,
  errors,
  methods,
  versions,
  addresses,
  'request ids': requestIds,
  'property names': propertyNames,
  'property values': propertyValues,
  quotas,
  'round trips': roundTrips,
  'images from elsewhere': sources,
  'one image through v1 and v2': crossing,
  'v2 passed through': passThrough,
  differences,
};
