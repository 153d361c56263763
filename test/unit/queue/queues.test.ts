import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventQueue } from '../../../shared/queue/event-queue';
import { operatorQueue } from '../../../shared/queue/operator-requests';
import { describe, expect, it } from '@jest/globals';
import { queueNames, queueOf, writeKindOf } from '../../../shared/queue/queues';

type Settings = { readonly Name: string; readonly Properties: Readonly<Record<string, unknown>> };
const file = join(__dirname, '../../../local/service-bus.config.json');
const { Queues: configured } = (
  JSON.parse(readFileSync(file, 'utf8')) as {
    readonly UserConfig: { readonly Namespaces: readonly [{ readonly Queues: readonly Settings[] }] };
  }
).UserConfig.Namespaces[0];

describe('the queues', () => {
  it('are those of the one file with their settings', () => {
    expect(configured.map(({ Name }) => Name).sort()).toEqual(
      [...Object.values(queueNames), operatorQueue, eventQueue].sort(),
    );
  });

  it.each(Object.values(queueNames))('%s has sessions exactly if it carries operations', (name) => {
    const properties = configured.find(({ Name }) => Name === name)?.Properties;

    expect(properties?.['RequiresSession']).toBe(queueOf(name).carries === 'operations');
    expect(properties?.['RequiresDuplicateDetection']).toBe(false);
  });

  it('share the write quota by queue', () => {
    expect(writeKindOf(queueNames.licenseChanges)).toBe('express');
    expect(writeKindOf(queueNames.licenseChangesBulk)).toBe('bulk');
  });
});
