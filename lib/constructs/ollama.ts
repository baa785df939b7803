import type { Construct } from 'constructs';
import { show } from '../model/issues';
import { IMAGES } from '../model/images';
import type { GpuProps, ServiceProps } from '../model/service-props';
import { EnvValue } from '../model/value';
import type { StatefulProps } from './preset';
import { given, readPreset, readyMade, STATEFUL_KEYS, STATEFUL_PATHS } from './preset';
import { Service } from './service';

/** A local LLM server. */
export interface OllamaProps extends StatefulProps {
  /** Models that are pulled, once for each change of this list, e.g. ["llama3.2:1b"]. @default - none */
  readonly models?: readonly string[];
  /** GPUs for the server. @default - CPU only */
  readonly gpu?: GpuProps;
}

const KEYS = { ...STATEFUL_KEYS, models: true, gpu: true } as const;
const HOME = '/var/lib/ollama';
/** @see https://github.com/ollama/ollama/blob/main/types/model/name.go */
const MODEL = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*(:[A-Za-z0-9._-]+)?$/;

/** Ollama as a StatefulSet of one replica; models are pulled by a task that never blocks its start. */
export class Ollama extends Service {
  public constructor(scope: Construct, id: string, props: OllamaProps = {}) {
    super(scope, id, ollamaProps(props), STATEFUL_PATHS);
    readPreset<OllamaProps>(this, props, KEYS, (reader) => {
      reader.strings('models')?.forEach((model, index) => {
        if (MODEL.test(model)) return;
        reader
          .at('models')
          .at(index)
          .add({
            code: 'TARS1002',
            message: 'not the name of a model',
            given: show(model),
            allowed: 'name, name:tag or namespace/name:tag, e.g. "llama3.2:1b"',
            remedy: 'write the name as `ollama pull` takes it',
          });
      });
    });
  }
}

/**
 * Pulls through a server of its own on the same store: so the serving pod needs no way to the
 * internet, and the running server finds the models in its store when they are there.
 */
function pullScript(models: readonly string[]): string {
  return [
    'ollama serve &',
    'server=$!',
    'until ollama list > /dev/null 2>&1; do sleep 1; done',
    ...models.map((model) => `ollama pull ${model}`),
    'kill "$server"',
    'wait "$server" || true',
  ].join('\n');
}

function ollamaProps(props: OllamaProps): ServiceProps {
  const models = (Array.isArray(props.models) ? props.models : []).filter((m) => MODEL.test(String(m)));
  const env = {
    HOME: EnvValue.fromValue(HOME),
    OLLAMA_MODELS: EnvValue.fromValue(`${HOME}/models`),
    OLLAMA_HOST: EnvValue.fromValue('0.0.0.0:11434'),
    // The image says "all": without a GPU of its own the container would see every GPU of the node.
    ...(props.gpu === undefined ? { NVIDIA_VISIBLE_DEVICES: EnvValue.fromValue('void') } : {}),
  };
  return {
    ...readyMade(props, {
      image: IMAGES.ollama,
      resources: { cpuRequest: '1', cpuLimit: '4', memoryRequest: '4Gi', memoryLimit: '8Gi' },
    }),
    ...given({ gpu: props.gpu }),
    workload: 'stateful-set',
    env,
    ports: [{ name: 'http', port: 11434, ...given({ publish: props.publish }) }],
    health: {
      startup: { httpPath: '/', periodSeconds: 5, failureThreshold: 60 },
      readiness: { httpPath: '/', periodSeconds: 10 },
      liveness: { httpPath: '/api/version', periodSeconds: 20, failureThreshold: 6 },
      // The image has no client for HTTP but its own.
      compose: { command: ['ollama', 'list'], periodSeconds: 10 },
    },
    volumes: [
      {
        name: 'models',
        mountPath: HOME,
        size: props.storage ?? '50Gi',
        ...given({ storageClass: props.storageClass }),
      },
    ],
    // The image has no such directory, so on Compose the volume belongs to root.
    runAs: { uid: 1000, gid: 1000, composeUser: '0:0' },
    graceSeconds: 120,
    ...(models.length === 0
      ? {}
      : {
          tasks: [
            {
              name: 'models',
              command: ['/bin/sh', '-ec', pullScript(models)],
              env: { OLLAMA_HOST: EnvValue.fromValue('127.0.0.1:11434') },
              internet: true,
              volumes: ['models'],
              resources: { cpuRequest: '250m', cpuLimit: '1', memoryRequest: '256Mi', memoryLimit: '1Gi' },
            },
          ],
        }),
  };
}
