import { cacheImage, clearCache, showCache, uncacheImage } from './cache.ts';
import { downloadData } from './data/download.ts';
import { importData } from './data/import.ts';
import { stageData, uploadData } from './data/upload.ts';
import { removeFromStore, showImportMethods, showStores, showUsage } from './discovery.ts';
import type { Handler, Operation, Route } from './http/routes.ts';
import { deactivateImage, reactivateImage } from './image/actions.ts';
import { createImage } from './image/create.ts';
import { listImages } from './image/list.ts';
import { addMember, listMembers, removeMember, showMember, updateMember } from './image/members.ts';
import { patchImage } from './image/patch.ts';
import { deleteImage, showImage } from './image/show.ts';
import { addTag, removeTag } from './image/tags.ts';
import { metadefRoutes } from './metadef/routes.ts';
import { schemaRoutes } from './schema/documents.ts';
import { createTask, deleteTask, listImageTasks, listTasks, showTask } from './tasks.ts';

const bare = (handle: Handler): Operation => ({ handle, bodiless: true });
const open = (handle: Handler): Operation => ({ handle });

/** Every resource below `/v2`; the order of the methods is that of `Allow`. */
export const routes: readonly Route[] = [
  { path: '/images', operations: { GET: open(listImages), POST: open(createImage) } },
  {
    path: '/images/{image_id}',
    operations: { GET: bare(showImage), PATCH: open(patchImage), DELETE: bare(deleteImage) },
  },
  {
    path: '/images/{image_id}/file',
    operations: { GET: bare(downloadData), PUT: open(uploadData) },
  },
  { path: '/images/{image_id}/stage', operations: { PUT: open(stageData) } },
  { path: '/images/{image_id}/import', operations: { POST: open(importData) } },
  { path: '/images/{image_id}/tasks', operations: { GET: bare(listImageTasks) }, hidden: true },
  {
    path: '/images/{image_id}/actions/deactivate',
    operations: { POST: bare(deactivateImage) },
  },
  {
    path: '/images/{image_id}/actions/reactivate',
    operations: { POST: bare(reactivateImage) },
  },
  {
    path: '/images/{image_id}/tags/{tag}',
    operations: { PUT: bare(addTag), DELETE: bare(removeTag) },
  },
  {
    path: '/images/{image_id}/members',
    operations: { GET: bare(listMembers), POST: open(addMember) },
  },
  {
    path: '/images/{image_id}/members/{member_id}',
    operations: { GET: bare(showMember), PUT: open(updateMember), DELETE: bare(removeMember) },
  },
  { path: '/tasks', operations: { GET: open(listTasks), POST: open(createTask) } },
  { path: '/tasks/{task_id}', operations: { GET: open(showTask), DELETE: open(deleteTask) } },
  { path: '/info/import', operations: { GET: bare(showImportMethods) } },
  { path: '/info/stores', operations: { GET: bare(showStores) } },
  { path: '/info/stores/detail', operations: { GET: bare(showStores) } },
  { path: '/info/usage', operations: { GET: open(showUsage) }, hidden: true },
  { path: '/stores/{store_id}/{image_id}', operations: { DELETE: bare(removeFromStore) } },
  { path: '/cache', operations: { GET: bare(showCache), DELETE: open(clearCache) } },
  { path: '/cache/{image_id}', operations: { DELETE: open(uncacheImage), PUT: open(cacheImage) } },
  ...schemaRoutes,
  ...metadefRoutes,
];
