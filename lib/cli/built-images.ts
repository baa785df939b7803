import { systemsIn } from '../constructs/system';
import { imageReference } from '../model/system-model';
import type { LoadedApp } from './load-app';
import type { Target } from './targets';
import { targetsOf } from './targets';

/** One image that the project builds. */
export interface BuiltImage {
  /** Name and tag, with the registry where there is one. */
  readonly reference: string;
  /** Path of its Dockerfile, and of the directory that it is built from, from the project's root. */
  readonly dockerfile: string;
  readonly context: string;
  /** Paths of the services that run it. */
  readonly services: readonly string[];
  readonly registry: string | undefined;
}

/** The images of the environments that are meant, each once, by reference. */
export function builtImages(loaded: LoadedApp, env: string | undefined, cwd: string): readonly BuiltImage[] {
  const images = new Map<string, BuiltImage>();
  for (const image of targetsOf(loaded, { env }, cwd).flatMap(imagesOf)) {
    const known = images.get(image.reference);
    images.set(image.reference, { ...image, services: [...new Set([...(known?.services ?? []), ...image.services])] });
  }
  return [...images.values()].sort((a, b) => (a.reference < b.reference ? -1 : 1));
}

function imagesOf({ app, layout }: Target): BuiltImage[] {
  return systemsIn(app).flatMap((model) =>
    model.services.flatMap((spec) => {
      if (spec.image.kind !== 'build') return [];
      const { build } = spec.image;
      return [
        {
          reference: imageReference(model.settings, spec),
          dockerfile: `${layout.docker}/${build.dockerfile}`,
          context: build.context,
          services: [spec.path],
          registry: model.settings.images.registry,
        },
      ];
    }),
  );
}
