import type { Handler, Operation, Route } from '../http/routes.ts';
import {
  createAssociation,
  deleteAssociation,
  listAssociations,
  listResourceTypes,
} from './associations.ts';
import { listNamespaces } from './namespace-list.ts';
import {
  createNamespace,
  deleteNamespace,
  emptyNamespace,
  showNamespace,
  updateNamespace,
} from './namespaces.ts';
import { createObject, deleteObject, listObjects, showObject, updateObject } from './objects.ts';
import {
  createProperty,
  deleteProperty,
  listProperties,
  showProperty,
  updateProperty,
} from './properties.ts';
import { createTag, createTags, deleteTag, listTags, showTag, updateTag } from './tags.ts';

const bare = (handle: Handler): Operation => ({ handle, bodiless: true });
const open = (handle: Handler): Operation => ({ handle });

const namespace = '/metadefs/namespaces/{namespace}';

/** Everything below `/v2/metadefs`. */
export const metadefRoutes: readonly Route[] = [
  { path: '/metadefs/resource_types', operations: { GET: bare(listResourceTypes) } },
  {
    path: '/metadefs/namespaces',
    operations: { GET: open(listNamespaces), POST: open(createNamespace) },
  },
  {
    path: namespace,
    operations: {
      GET: bare(showNamespace),
      PUT: open(updateNamespace),
      DELETE: bare(deleteNamespace),
    },
  },
  {
    path: `${namespace}/resource_types`,
    operations: { GET: bare(listAssociations), POST: open(createAssociation) },
  },
  { path: `${namespace}/resource_types/{name}`, operations: { DELETE: bare(deleteAssociation) } },
  {
    path: `${namespace}/properties`,
    operations: {
      GET: bare(listProperties),
      POST: open(createProperty),
      DELETE: open(emptyNamespace('properties')),
    },
  },
  {
    path: `${namespace}/properties/{name}`,
    operations: {
      GET: open(showProperty),
      PUT: open(updateProperty),
      DELETE: open(deleteProperty),
    },
  },
  {
    path: `${namespace}/objects`,
    operations: {
      GET: open(listObjects),
      POST: open(createObject),
      DELETE: open(emptyNamespace('objects')),
    },
  },
  {
    path: `${namespace}/objects/{name}`,
    operations: { GET: bare(showObject), PUT: open(updateObject), DELETE: bare(deleteObject) },
  },
  {
    path: `${namespace}/tags`,
    operations: {
      GET: open(listTags),
      POST: open(createTags),
      DELETE: open(emptyNamespace('tags')),
    },
  },
  {
    path: `${namespace}/tags/{name}`,
    operations: {
      GET: bare(showTag),
      POST: bare(createTag),
      PUT: open(updateTag),
      DELETE: bare(deleteTag),
    },
  },
];
