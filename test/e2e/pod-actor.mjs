import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Stands in for kubelets on a control plane that has none: writes the status of pods by their label `does`
 * (`run`, `wait`, `crash`), and lets pods go that are being deleted.
 */
export class PodActor {
  #client;
  #stopped = false;
  #loop;

  constructor(client, namespaces) {
    this.#client = client;
    this.#loop = this.#run(namespaces);
  }

  async stop() {
    this.#stopped = true;
    await this.#loop;
  }

  async #run(namespaces) {
    while (!this.#stopped) {
      for (const namespace of namespaces) {
        const path = `/api/v1/namespaces/${namespace}/pods`;
        // A server that is busy is asked again in the next round.
        const { items } = await this.#client.call({ method: 'GET', path }).catch(() => ({ items: [] }));
        // A pod may be gone by the time its status comes.
        for (const pod of items) await this.#act(`${path}/${pod.metadata.name}`, pod).catch(() => {});
      }
      await sleep(100);
    }
  }

  async #act(path, { metadata, status, spec }) {
    if (metadata.deletionTimestamp !== undefined) {
      const body = { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid } };
      await this.#client.call({ method: 'DELETE', path, body });
      return;
    }
    const does = metadata.labels?.does ?? 'run';
    const wanted = { run: 'Running', crash: 'Crashing' }[does];
    if (wanted === undefined || status.reason === wanted) return;
    const isRunning = does === 'run';
    const condition = { status: isRunning ? 'True' : 'False', lastTransitionTime: new Date().toISOString() };
    const state = isRunning
      ? { running: { startedAt: new Date().toISOString() } }
      : { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } };
    const containerStatuses = spec.containers.map(({ name, image }) => ({
      ...{ name, image, imageID: image, ready: isRunning, started: isRunning, restartCount: isRunning ? 0 : 3, state },
    }));
    const conditions = ['Ready', 'ContainersReady', 'Initialized'].map((type) => ({ type, ...condition }));
    await this.#client.call({
      method: 'PATCH',
      path: `${path}/status`,
      contentType: 'application/strategic-merge-patch+json',
      body: { status: { phase: 'Running', reason: wanted, conditions, containerStatuses } },
    });
  }
}
