import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

const require = createRequire(import.meta.url);
const lib = (name) => require(`../../../build/lib/ops/autoscaling/${name}.js`);
const { explainAutoscaler } = lib('explain');
const { hpaRound } = lib('hpa-engine');
const { NEW_HPA_STATE } = lib('hpa-state');
const { readHpa } = lib('read-hpa');
const { readPod } = lib('read-pod');
const { amountReading, podsReading, resourceReading } = lib('read-readings');

/**
 * Milliseconds between two rounds. The controller comes after 1 s, and is kept waiting for the rest, so that
 * windows and periods of whole seconds end in the middle between two rounds, whatever the machine is doing.
 */
export const PITCH = 1500;

/** Flags of the controller. */
export const SETTINGS = { ...lib('hpa-spec').CONTROLLER_DEFAULTS, downscaleStabilizationSeconds: 5 };

/** So many moments between two rounds are tried, where the moment at which the controller looked at its clock matters. */
const MOMENTS = 10;

/** So many states are kept, that are the same but for their times. */
const STATES = 6;

const LABELS = { app: 'web' };

/**
 * One autoscaler and its workload, in a namespace of their own. When the controller asks for the first
 * metric of a round, the engine is told what the controller is about to see, and decides in its place. What the
 * controller did is read when it comes again.
 */
export class Story {
  /** @type {{ engine?: object, controller?: object, decision?: object }[]} what each of them said */
  rounds = [];
  /** @type {string[]} what the engine would have written into events */
  events = [];
  /** @type {{ explained: object, desired: number, isSilent: boolean, round: number }[]} */
  explanations = [];
  /** The last round, not yet compared: what may be decided at a moment, by what may be remembered. */
  #decideAt;
  /** What the engine may remember by now: the same but for the times, which nobody knows to the millisecond. */
  #states = [NEW_HPA_STATE];
  /** Rounds in which the moment mattered, since a window ended within it. */
  closeCalls = 0;
  #client;
  #asked = 0;
  #answers = 0;
  /** When the last round was answered, or should have been. */
  #due = 0;
  #served;
  /** Whether somebody has changed something since the last round. */
  #isTouched = false;
  #before = Promise.resolve();
  /** Of each pod, in the order in which they came. */
  #serials = new Map();

  constructor(client, name, scenario) {
    this.#client = client;
    this.name = name;
    this.scenario = scenario;
    this.fields = scenario.spec;
  }

  get isOver() {
    return this.rounds.length >= this.scenario.rounds;
  }

  /** What there is before the autoscaler. */
  workload() {
    const { replicas, requests = { cpu: '100m', memory: '100Mi' } } = this.scenario;
    const spec = { containers: [{ name: 'web', image: 'web:1', resources: { requests } }] };
    return [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.name } },
      {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: this.name } },
        spec: { replicas, selector: { matchLabels: LABELS }, template: { metadata: { labels: LABELS }, spec } },
      },
    ];
  }

  autoscalers() {
    const { target = 'web', others = [] } = this.scenario;
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: target };
    return ['web', ...others].map((name) => ({
      ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name, namespace: this.name } },
      spec: { scaleTargetRef, ...this.fields },
    }));
  }

  /** Whether the workload has its pods. */
  async isThere() {
    return isSettled(await this.#see('web'));
  }

  /** Just before the autoscaler is made; a target out of its bounds is moved without a look at the metrics. */
  async begin() {
    const { scale, pods } = await this.#see('web');
    await this.#kubelet(pods, 0);
    const { replicas, spec, quiet } = this.scenario;
    const isOut = replicas > spec.maxReplicas || replicas < spec.minReplicas;
    if (isOut && replicas > 0 && !quiet) this.#decide([scale], pods, [], Date.now());
  }

  /** Items of an answer for the controller, which waits for it. */
  async answer(api, path) {
    if (this.scenario.quiet) return [];
    const index = this.#asked++ % this.fields.metrics.length;
    if (index === 0) {
      this.#before = this.#round();
      this.#before.catch(() => {});
    }
    await this.#before;
    return this.items(api, path);
  }

  /** What is served now. */
  items(api, path) {
    const { pods = [], values } = this.#served ?? {};
    const timestamp = new Date(this.#served?.at ?? Date.now()).toISOString();
    if (api === 'metrics.k8s.io') {
      return pods.flatMap((metadata, index) => {
        const usage = values?.usage?.(index, pods.length, this.#serials.get(metadata.name));
        if (usage === undefined) return [];
        return [
          {
            metadata: { name: metadata.name, namespace: this.name },
            timestamp,
            window: '1s',
            containers: [{ name: 'web', usage }],
          },
        ];
      });
    }
    if (api === 'external.metrics.k8s.io') {
      return (values?.external ?? []).map((value) => ({ metricName: path, metricLabels: {}, timestamp, value }));
    }
    if (!path.startsWith('pods/')) {
      return values?.object === undefined ? [] : [this.#custom('Service', 'web', 'queue', timestamp, values.object)];
    }
    return pods.flatMap(({ name }, index) => {
      const value = values?.pods?.(index, pods.length, this.#serials.get(name));
      return value === undefined ? [] : [this.#custom('Pod', name, 'inflight', timestamp, value)];
    });
  }

  #custom(kind, name, metric, timestamp, value) {
    const describedObject = { apiVersion: 'v1', kind, name, namespace: this.name };
    return { describedObject, metric: { name: metric }, timestamp, windowSeconds: 1, value };
  }

  async #round() {
    const arrived = Date.now();
    let seen = await this.#see();
    this.#judge(seen, arrived);
    // Not each time, since it takes a while; but of a story that had none yet, as soon as there can be one.
    if (this.isOver || this.#answers % 4 === 3 || this.explanations.length === 0) await this.#explain(seen);
    if (this.isOver) return;
    this.#isTouched = false;
    const round = this.#answers++;
    const asked = seen.scale;
    while ((await this.#kubelet(seen.pods, round)) || !isSettled(seen)) {
      await sleep(100);
      seen = await this.#see();
    }
    // the controller's own view of the pods is a little behind; a late round makes none of the others late
    await sleep(Math.max(200, this.#due + PITCH - Date.now()));
    this.#due = Math.max(this.#due + PITCH, Date.now() - PITCH / 2);
    const at = Date.now();
    this.#served = { at, pods: seen.pods.map(({ metadata }) => metadata), values: this.scenario.values(round) };
    const readings = this.fields.metrics.map((metric) => this.#reading(metric));
    const scales = asked?.status.replicas === seen.scale?.status.replicas ? [asked] : [asked, seen.scale];
    this.#decide(scales, seen.pods, readings, at);
    const act = this.scenario.after?.[round];
    if (act !== undefined) await this.#act(act, seen);
  }

  /** Where the last round changed nothing, all is as the controller saw it; but a rate may allow more by now. */
  async #explain({ scale, hpa }) {
    const last = this.rounds.at(-1)?.controller;
    if (this.#isTouched) return;
    if (last?.replicas !== (scale && (scale.spec.replicas ?? 0))) return;
    if (/SucceededRescale|Scale(Up|Down)Limit/.test(last?.conditions.join())) return;
    const options = { settings: SETTINGS };
    const explained = await explainAutoscaler(this.#client, this.name, 'web', Date.now(), options);
    // then the controller has no number of its own either: its status keeps the last one
    const isSilent = last.conditions.some((text) =>
      /^(ScalingActive False|AbleToScale False FailedGetScale)/.test(text),
    );
    const { desiredReplicas: desired } = hpa.status;
    this.explanations.push({ explained, desired, isSilent, round: this.rounds.length - 1 });
  }

  /** @param {object[]} scales one of which the controller has read */
  #decide(scales, pods, readings, now) {
    const selector = this.scenario.selector ?? 'valid';
    const spec = readHpa(this.fields);
    const observations = scales.map((scale) => ({
      scale: scale && { specReplicas: scale.spec.replicas ?? 0, statusReplicas: scale.status.replicas, selector },
      pods: pods.map(readPod),
      readings,
    }));
    this.replicas = observations[0].scale?.specReplicas;
    this.rounds.push({});
    this.#decideAt = {
      now,
      at: (when) =>
        observations.flatMap((seen) => this.#states.map((state) => hpaRound(spec, state, seen, when, SETTINGS))),
    };
  }

  #reading({ type, resource }) {
    if (type === 'Resource') return resourceReading(this.items('metrics.k8s.io', 'pods'), resource.name, undefined);
    if (type === 'External') return amountReading(this.items('external.metrics.k8s.io', 'backlog'), 'external');
    if (type === 'Pods') return podsReading(this.items('custom.metrics.k8s.io', 'pods/*/inflight'));
    return amountReading(this.items('custom.metrics.k8s.io', 'services/web/queue'), 'custom');
  }

  /** A round in which the controller asks for no metric, long after its own. */
  async quietRound() {
    const seen = await this.#see();
    this.#decide([seen.scale], seen.pods, [], Date.now());
    this.#judge(seen, Date.now());
    if (this.isOver) await this.#explain(seen);
  }

  /**
   * A person scales, or changes the spec, while the controller is in the middle of a round, in which it finds nothing
   * to do. It sees the change in the next one; out of bounds it goes back without a look at the metrics.
   */
  async #act({ scale, spec, isOut }, seen) {
    this.#isTouched = true;
    if (scale !== undefined) {
      const path = `/apis/apps/v1/namespaces/${this.name}/deployments/web/scale`;
      await this.#patch(path, { spec: { replicas: scale } });
      this.replicas = scale;
    }
    if (spec !== undefined) {
      this.fields = { ...this.fields, ...spec };
      await this.#patch(this.#path, { spec });
      // The controller learns of it by its watch, which is late where the machine is busy; it waits for us meanwhile.
      await sleep(PITCH);
    }
    if (!isOut) return;
    // its next round follows so soon that nobody can see what this one said
    this.rounds.pop();
    this.#decide([seen.scale], seen.pods, [], Date.now());
  }

  /**
   * Holds the last decision against what the controller did: at some moment between being asked and now, the engine
   * must have decided the same.
   */
  #judge({ hpa: { status = {} }, scale }, now) {
    if (this.#decideAt === undefined) return;
    const { now: from, at } = this.#decideAt;
    this.#decideAt = undefined;
    const controller = {
      desired: status.desiredReplicas,
      replicas: scale && (scale.spec.replicas ?? 0),
      conditions: inOrder(status.conditions ?? []),
    };
    const saidBy = ({ decision }) => ({
      desired: decision.desiredReplicas ?? status.desiredReplicas,
      replicas: decision.rescale ?? this.replicas,
      conditions: inOrder(Object.entries(decision.conditions).map(([type, condition]) => ({ type, ...condition }))),
    });
    const agrees = (one) => isDeepStrictEqual(saidBy(one), controller);
    let possible = [...at(from), ...at(now)];
    // only when a window has ended between the two does it matter when exactly the controller looked
    if (!possible.every(agrees)) {
      this.closeCalls += 1;
      const between = Array.from(
        { length: MOMENTS },
        (_, index) => from + ((now - from) * (index + 1)) / (MOMENTS + 1),
      );
      possible = [...possible, ...between.flatMap((when) => at(Math.round(when)))];
    }
    const agreeing = possible.filter(agrees);
    const [one] = agreeing.length > 0 ? agreeing : possible;
    // a change is remembered when it is done, which is a little after it was decided
    const states = (agreeing.length > 0 ? agreeing : possible).map(({ state }) => state);
    this.#states = some([...states, ...states.map((state) => withLastEventAt(state, now))]);
    Object.assign(this.rounds.at(-1), { engine: saidBy(one), controller });
    const { rescale, reason } = one.decision;
    if (rescale !== undefined) this.events.push(`New size: ${rescale}; reason: ${reason}`);
  }

  get isJudged() {
    return this.#decideAt === undefined;
  }

  /**
   * Plays the kubelet: pods run, since long ago if nothing else is said.
   * @returns whether it had anything to do
   */
  async #kubelet(pods, round) {
    const changes = pods.flatMap(({ metadata, status }) => {
      const wanted = this.scenario.pod?.(this.#serials.get(metadata.name), round) ?? 'ready';
      if (wanted === 'pending' || status.reason === wanted) return [];
      const since = new Date(Date.now() - (wanted === 'starting' ? 2000 : 3_600_000)).toISOString();
      const ready = wanted === 'ready' ? 'True' : 'False';
      const conditions = [{ type: 'Ready', status: ready, lastTransitionTime: since }];
      const phase = wanted === 'failed' ? 'Failed' : 'Running';
      return [{ name: metadata.name, status: { phase, reason: wanted, startTime: since, conditions } }];
    });
    const change = ({ name, status }) =>
      this.#client.call({
        method: 'PATCH',
        path: `/api/v1/namespaces/${this.name}/pods/${name}/status`,
        contentType: 'application/strategic-merge-patch+json',
        body: { status },
      });
    // one that goes meanwhile needs none
    await Promise.all(changes.map((one) => change(one).catch(ignoreMissing)));
    return changes.length > 0;
  }

  async #see(name = this.scenario.target ?? 'web') {
    const path = `/apis/apps/v1/namespaces/${this.name}/deployments/${name}/scale`;
    const [scale, { items }, hpa] = await Promise.all([
      this.#get(path).catch(ignoreMissing),
      this.#get(`/api/v1/namespaces/${this.name}/pods`),
      this.#get(this.#path).catch(ignoreMissing),
    ]);
    return { scale, pods: this.#ordered(items), hpa };
  }

  #ordered(pods) {
    for (const { metadata } of pods) {
      if (!this.#serials.has(metadata.name)) this.#serials.set(metadata.name, this.#serials.size);
    }
    return pods.toSorted((a, b) => this.#serials.get(a.metadata.name) - this.#serials.get(b.metadata.name));
  }

  get #path() {
    return `/apis/autoscaling/v2/namespaces/${this.name}/horizontalpodautoscalers/web`;
  }

  #get(path) {
    return this.#client.call({ method: 'GET', path });
  }

  #patch(path, body) {
    return this.#client.call({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
  }
}

/** Whether the workload's own controllers have done what there is to do. */
function isSettled({ scale, pods }) {
  const living = pods.filter(({ metadata, status }) => metadata.deletionTimestamp || status.phase !== 'Failed');
  return scale.status.replicas === (scale.spec.replicas ?? 0) && living.length === scale.status.replicas;
}

function ignoreMissing(error) {
  if (error.code !== 'NotFound') throw error;
}

function withLastEventAt(state, at) {
  const moved = (events) => events.map((event) => (event.at === state.at ? { ...event, at } : event));
  return { ...state, scaleUpEvents: moved(state.scaleUpEvents), scaleDownEvents: moved(state.scaleDownEvents) };
}

/** Many that are the same but for their times are thinned out. */
function some(states) {
  const different = [...new Map(states.map((state) => [JSON.stringify(state), state])).values()];
  const every = Math.ceil(different.length / STATES);
  return different.filter((_, index) => index % every === 0 || index === different.length - 1);
}

/** As both say them; the texts of errors are each one's own. */
function inOrder(conditions) {
  return conditions
    .map(({ type, status, reason, message }) =>
      [type, status, reason, /^(Failed|Ambiguous)/.test(reason) ? '' : message].join(' '),
    )
    .sort();
}
