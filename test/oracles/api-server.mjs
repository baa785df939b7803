// Asks the real API server what it would say to an object, without keeping it.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';
import { until } from '../testbed/wait.mjs';

/**
 * @typedef {object} Verdict
 * @property {boolean} refused
 * @property {string} message what the server said, when it refused
 * @property {object | undefined} object as the server would keep it
 */

/** What a control plane says of objects, many at once over kept connections. */
export class ApiServer {
  constructor({ url, token, kubeconfig }) {
    this.url = url;
    this.token = token;
    const [cluster] = parse(readFileSync(kubeconfig, 'utf8')).clusters;
    const { 'certificate-authority': file, 'certificate-authority-data': data } = cluster.cluster;
    const ca = data === undefined ? readFileSync(file) : Buffer.from(data, 'base64');
    this.agent = new Agent({ keepAlive: true, maxSockets: 8, ca });
    this.resources = new Map();
  }

  /** What creating the object would come to. @returns {Promise<Verdict>} */
  async dryRun(object) {
    const resource = await this.resourceOf(object);
    if (resource === undefined) return { refused: true, message: 'no matches for kind', object: undefined };
    const space = object.metadata?.namespace || 'default';
    const base = resource.namespaced ? `${resource.base}/namespaces/${encodeURIComponent(space)}` : resource.base;
    const path = `${base}/${resource.name}?dryRun=All&fieldValidation=Strict`;
    const { status, body } = await this.send('POST', path, object);
    if (status === 201) return { refused: false, message: '', object: body };
    return { refused: true, message: `${status} ${body?.message ?? ''}`, object: undefined };
  }

  /** Creates an object for good. @throws when it is refused */
  async create(object) {
    const resource = await this.resourceOf(object);
    const base = resource.namespaced ? `${resource.base}/namespaces/${object.metadata.namespace}` : resource.base;
    const { status, body } = await this.send('POST', `${base}/${resource.name}`, object);
    if (status !== 201 && status !== 409) throw new Error(`${status} ${body?.message}`);
  }

  /** Where a kind is served, as discovery has it. */
  async resourceOf({ apiVersion, kind }) {
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
    if (!this.resources.has(apiVersion)) {
      const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const { status, body } = await this.send('GET', encodeURI(base));
      const list = status === 200 ? (body.resources ?? []) : [];
      this.resources.set(
        apiVersion,
        list.filter(({ name }) => !name.includes('/')).map((resource) => ({ ...resource, base })),
      );
    }
    return this.resources.get(apiVersion).find((resource) => resource.kind === kind);
  }

  forget() {
    this.resources.clear();
  }

  /** Waits until every custom resource is served: a definition that is established is so a moment later. */
  async customResources() {
    const { body } = await this.send('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
    for (const { spec } of body.items) {
      for (const { name: version } of spec.versions.filter(({ served }) => served)) {
        const apiVersion = `${spec.group}/${version}`;
        await until(`${spec.names.kind} of ${apiVersion}`, async () => {
          this.forget();
          const { status } = await this.send('GET', `/apis/${apiVersion}/${spec.names.plural}`);
          return status === 200 && (await this.resourceOf({ apiVersion, kind: spec.names.kind })) !== undefined;
        });
      }
    }
  }

  close() {
    this.agent.destroy();
  }

  /** @returns {Promise<{ status: number, body: any }>} */
  send(method, path, object, type = 'application/json') {
    const text = object === undefined ? undefined : JSON.stringify(object);
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.token}`, 'content-type': type };
      const asked = request(`${this.url}${path}`, { method, headers, agent: this.agent }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const raw = Buffer.concat(chunks).toString();
          let body;
          try {
            body = JSON.parse(raw);
          } catch {
            body = { message: raw };
          }
          resolve({ status: response.statusCode ?? 0, body });
        });
      });
      asked.on('error', reject);
      asked.end(text);
    });
  }
}
