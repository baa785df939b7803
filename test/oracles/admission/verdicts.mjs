// What our admission proof says of one object, and what the real API server says of the same.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { objectIssues } = require('../../../build/lib/verify/admission/admission.js');
const { podTemplatesOf } = require('../../../build/lib/verify/pods.js');

/** Fields that the server writes itself, so that what a user says there is no question. */
const SERVER_OWNED = new Set([
  'status',
  'managedFields',
  'secrets',
  'creationTimestamp',
  'resourceVersion',
  'uid',
  'generation',
]);

/**
 * @typedef {object} Comparison
 * @property {boolean} agrees
 * @property {boolean} ours whether we refuse
 * @property {boolean} theirs whether the server refuses, or drops a field
 * @property {string} why what both said
 */

/**
 * The server is asked for the object, and for the first pod of a workload, as its controller would
 * make it: of a StatefulSet's template, for one, it looks at nearly nothing before.
 *
 * @param {import('../api-server.mjs').ApiServer} server
 * @param {any} object
 * @param {number} minor
 * @returns {Promise<Comparison>}
 */
export async function compare(server, object, minor) {
  const issues = objectIssues(object, minor).filter(({ severity }) => severity === 'error');
  const { refused: isRefused, message, object: kept } = await server.dryRun(object);
  // Another of this name is there already: it would be changed, not refused.
  const exists = isRefused && message.startsWith('409');
  const refused = isRefused && !exists;
  let theirs = refused ? message : exists ? undefined : droppedField(object, kept, '');
  if (theirs === undefined) theirs = await podRefusal(server, object);
  const ours = issues.length > 0;
  const said = issues.map(({ code, path, message: text }) => `${code} ${path}: ${text}`).join(' | ');
  return {
    agrees: ours === (theirs !== undefined),
    ours,
    theirs: theirs !== undefined,
    why: `ours: ${said || 'nothing'}\n  theirs: ${theirs ?? 'nothing'}`,
  };
}

/** @returns {Promise<string | undefined>} why the server would not take a pod of the workload */
async function podRefusal(server, object) {
  if (object.kind === 'Pod') return undefined;
  const [template] = podTemplatesOf({ manifests: [{ file: '', document: 0, object }] });
  if (template === undefined) return undefined;
  const metadata = { name: 'asked', labels: template.labels, annotations: template.annotations };
  const spec = structuredClone(template.spec);
  const claims = object.kind === 'StatefulSet' ? (object.spec.volumeClaimTemplates ?? []) : [];
  if (claims.length > 0) {
    const names = claims.map((claim) => claim?.metadata?.name);
    spec.volumes = (spec.volumes ?? []).filter((volume) => !names.includes(volume.name));
    for (const name of names) spec.volumes.push({ name, persistentVolumeClaim: { claimName: `${name}-asked` } });
  }
  const namespace = object.metadata?.namespace ?? 'default';
  const { refused, message } = await server.dryRun({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { ...metadata, namespace },
    spec,
  });
  if (refused) return `pod: ${message}`;
  for (const claim of claims) {
    // The controller makes a claim, whatever kind the template says.
    const asked = { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
    asked.metadata = { ...claim.metadata, namespace, name: `${claim?.metadata?.name}-asked-0` };
    const answer = await server.dryRun(asked);
    if (answer.refused) return `claim: ${answer.message}`;
  }
  return undefined;
}

/** A field that was sent and is not in what the server would keep. */
function droppedField(sent, kept, path) {
  if (typeof sent !== 'object' || sent === null) return undefined;
  if (Array.isArray(sent) && typeof kept === 'string') return undefined; // bytes, which the server writes in base64
  if (typeof kept !== 'object' || kept === null) return isEmpty(sent) ? undefined : `dropped: ${path}`;
  if (Array.isArray(sent)) {
    if (!Array.isArray(kept) || kept.length < sent.length) return undefined;
    return first(sent.map((item, index) => droppedField(item, kept[index], `${path}[${index}]`)));
  }
  return first(
    Object.entries(sent).map(([key, value]) => {
      if (SERVER_OWNED.has(key) || isEmpty(value)) return undefined;
      if (key in ALIASES) return undefined;
      if (kept[key] === undefined) return `dropped: ${path}.${key}`;
      return droppedField(value, kept[key], `${path}.${key}`);
    }),
  );
}

/** Fields that the server keeps under another name. */
const ALIASES = { stringData: 'data', serviceAccount: 'serviceAccountName' };

const first = (list) => list.find((one) => one !== undefined);

/** What Go leaves out when it writes. */
function isEmpty(value) {
  if (value === null || value === undefined || value === '' || value === 0 || value === false) return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}
