/**
 * The one place where the tag of every image that this project names is written down.
 * `FROM` lines of the generated Dockerfiles come from here as well.
 */
export const IMAGES = {
  postgres: 'postgres:15.14',
  redis: 'redis:7.4.6',
  ollama: 'ollama/ollama:0.12.6',
  adminer: 'adminer:5.4.1',
  prometheus: 'prom/prometheus:v3.7.2',
  grafana: 'grafana/grafana:12.2.1',
  /** 1.27.3 or later: `resolve` on an upstream's servers. */
  nginx: 'nginx:1.29.2',
  python: 'python:3.12-slim',
  node: 'node:22.21.1-slim',
} as const;

/** Tag of the images that the project builds, unless `images.tag` says otherwise. */
export const DEFAULT_BUILD_TAG = '0.1.0';

/** What an image reference may look like, for messages. */
export const IMAGE_FORMAT = 'name:tag with an exact tag, or name@sha256:<64 hex digits>';

/**
 * True when the reference names one image for good: a tag other than `latest`, or a digest.
 * @see https://github.com/distribution/reference
 */
export function isPinnedImage(reference: string): boolean {
  const name = '(?:[a-zA-Z0-9.-]+(?::\\d+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*';
  const match = new RegExp(`^${name}(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@sha256:[0-9a-f]{64})?$`).exec(reference);
  if (match === null) return false;
  return match[2] !== undefined || (match[1] !== undefined && match[1] !== 'latest');
}
