import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { graphJsonSchema, graphSchema } from '../../src/graph';

const committed: unknown = JSON.parse(
  readFileSync(join(__dirname, '../../schema/graph.schema.json'), 'utf8'),
);

test('the committed JSON Schema is current', () => {
  expect(committed).toEqual(graphJsonSchema());
});

test('the schema knows every key of a graph, says what it is for, and allows no other', () => {
  const schema = graphJsonSchema() as { properties: Record<string, { description?: string }> };
  expect(Object.keys(schema.properties)).toEqual(Object.keys(graphSchema.shape));
  const silent = Object.entries(schema.properties).filter(([, { description }]) => description === undefined);
  expect(silent).toEqual([]);
  expect(schema).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    additionalProperties: false,
    required: ['name', 'version', 'steps', 'transitions', 'terminal'],
  });
});
