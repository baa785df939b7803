import type { Build, Image } from '../model/service-spec';
import { imageReference } from '../model/system-model';
import type { FieldTable } from './answer';
import { answer, needless, rendered } from './answer';
import { dockerfileFromContext, fromComposeProject } from './paths';
import type { ServiceContext } from './service-context';

type RegistryImage = Extract<Image, { kind: 'registry' }>;
type BuiltImage = Extract<Image, { kind: 'build' }>;

const PULL_POLICY = { Always: 'always', IfNotPresent: undefined, Never: 'never' } as const;

export const REGISTRY_IMAGE: FieldTable<RegistryImage, ServiceContext> = {
  kind: () => needless('chooses the table'),
  reference: (image) => rendered({ image: image.reference }),
  pullPolicy: (image) => {
    const policy = PULL_POLICY[image.pullPolicy];
    // Compose pulls what is missing by itself.
    return policy === undefined ? needless('the default') : rendered({ pull_policy: policy });
  },
};

export const BUILT_IMAGE: FieldTable<BuiltImage, ServiceContext> = {
  kind: () => rendered({ init: true }),
  repository: (_, context) => rendered({ image: builtReference(context), ...pullPolicy(context) }),
  build: (image, context) => answer(BUILD, image.build, context),
};

export const BUILD: FieldTable<Build, ServiceContext> = {
  kind: () => needless('chooses the Dockerfile'),
  context: (build, { model, development }) =>
    rendered({
      build: {
        context: fromComposeProject(model.settings, build.context),
        dockerfile: dockerfileFromContext(build),
        ...(development?.target === undefined ? {} : { target: development.target }),
      },
    }),
  dockerfile: () => needless('part of build, beside the context'),
  command: () => needless('in the image'),
  expose: () => needless('in the image'),
  healthCheck: () => needless('in the image; the health check of the service replaces it'),
  user: () => needless('in the image; runAs says it again'),
  directories: () => needless('in the image'),
};

/**
 * The image that a built service runs. What is built from the development target gets a tag of its
 * own: else `docker compose up` would leave a development server under the name that the cluster runs.
 */
export function builtReference({ model, spec, development }: ServiceContext): string {
  const reference = imageReference(model.settings, spec);
  return development?.target === undefined ? reference : `${reference}-${development.target}`;
}

/**
 * Compose looks a missing image up in a registry before it builds it. Without a registry of ours
 * that would be Docker Hub, where the name is anybody's.
 */
function pullPolicy({ model, development }: ServiceContext): { pull_policy?: 'never' } {
  const pulled = model.settings.images.registry !== undefined && development?.target === undefined;
  return pulled ? {} : { pull_policy: 'never' };
}
