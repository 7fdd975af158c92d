import {
  architectures,
  driver,
  fields,
  release,
  statuses,
  unknownStatus,
} from '../../../mappings/deltacloud.ts';
import { createCodecs } from '../../core/codecs.ts';
import type { Image } from '../../core/image.ts';
import { compileLens } from '../../core/lens.ts';
import type { Format } from './format.ts';
import { declaration, escapeXml } from './xml.ts';

const lens = compileLens(fields, createCodecs(statuses, unknownStatus));
const read = lens.pick(['id', 'name', 'description', 'state', 'creation_time', 'root_type']);
const narrow: ReadonlySet<string> = new Set(architectures.i386);

/** `i386` or `x86_64`, the two that the API knows. */
export function architectureOf({ properties }: Image): string {
  const said = properties.get('architecture') ?? '';
  return narrow.has(said.toLowerCase()) ? 'i386' : architectures.byDefault;
}

/** An image as the JSON document has it; the XML and HTML ones are written from it. */
export interface View {
  readonly id: string;
  readonly href: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly owner: string;
  readonly architecture: string;
  readonly state: string;
  readonly root_type: string;
  readonly creation_time: string;
  readonly hardware_profiles: readonly never[];
}

/** Reads an image for a caller, whose user name stands for its owner. */
export function viewOf(image: Image, base: string, owner: string): View {
  const shown = read(image) as Omit<View, 'href' | 'owner' | 'architecture' | 'hardware_profiles'>;
  return {
    id: shown.id,
    href: `${base}/api/images/${shown.id}`,
    name: shown.name,
    description: shown.description,
    owner,
    architecture: architectureOf(image),
    state: shown.state,
    root_type: shown.root_type,
    creation_time: shown.creation_time,
    hardware_profiles: [],
  };
}

function imageElement(view: View, base: string): string {
  const [href, id] = [escapeXml(view.href), escapeXml(view.id)];
  return `<image href='${href}' id='${id}'>
  <name>${escapeXml(view.name ?? '')}</name>
  <description>${escapeXml(view.description ?? '')}</description>
  <owner_id>${escapeXml(view.owner)}</owner_id>
  <architecture>${view.architecture}</architecture>
  <state>${escapeXml(view.state)}</state>
  <creation_time>${escapeXml(view.creation_time)}</creation_time>
  <hardware_profiles></hardware_profiles>
  <root_type>${view.root_type}</root_type>
  <actions>
    <link href='${escapeXml(base)}/api/instances;image_id=${id}' method='post' rel='create_instance' />
    <link href='${href}' method='delete' rel='destroy_image' />
  </actions>
</image>
`;
}

export function htmlPage(title: string, content: string): string {
  return `<!DOCTYPE html>
<html>
<head><meta charset="utf-8"><title>${escapeXml(title)}</title></head>
<body>
<h1>${escapeXml(title)}</h1>
${content}
</body>
</html>
`;
}

function tableRow(view: View): string {
  const cells = [
    view.name ?? '',
    view.id,
    view.owner,
    view.architecture,
    view.state,
    view.creation_time,
  ];
  const [name = '', ...rest] = cells.map(escapeXml);
  const link = `<a href="${escapeXml(view.href)}">${name || escapeXml(view.id)}</a>`;
  return `<tr><td>${link}</td>${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

const heading =
  '<tr><th>name</th><th>id</th><th>owner</th><th>architecture</th><th>state</th><th>created</th></tr>';

/** One image in a format. */
export function imageDocument(view: View, base: string, format: Format): string {
  if (format === 'json') return JSON.stringify({ image: view });
  if (format === 'xml') return declaration + imageElement(view, base);
  return htmlPage(view.name ?? view.id, `<table>${heading}${tableRow(view)}</table>`);
}

/** All images in a format. */
export function imagesDocument(views: readonly View[], base: string, format: Format): string {
  if (format === 'json') return JSON.stringify({ images: views });
  if (format === 'xml') {
    return `${declaration}<images>\n${views.map((view) => imageElement(view, base)).join('')}</images>\n`;
  }
  return htmlPage('Images', `<table>${heading}${views.map(tableRow).join('\n')}</table>`);
}

/** The entry point: what it is, and the one collection that is served. */
export function entryDocument(base: string, format: Format): string {
  const href = `${base}/api/images`;
  if (format === 'json') {
    const links = [{ rel: 'images', href, features: [] }];
    return JSON.stringify({ api: { version: release, driver, provider: 'default', links } });
  }
  if (format === 'xml') {
    return `<api driver='${driver}' version='${release}'>
  <link href='${escapeXml(href)}' rel='images'>
  </link>
</api>
`;
  }
  return htmlPage('API', `<ul><li><a href="${escapeXml(href)}">images</a></li></ul>`);
}
