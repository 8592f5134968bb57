// Reads payloads as JSON lines, `{ name, surface, payload }` with a surface of slack_types.ts, and
// answers each with `{ name, ok, errors }`, by the JSON schema of the installed @slack/types, which
// is derived here and now. Uses no network. ts-json-schema-generator is held at the last release
// that runs on Node 20.
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import Ajv from 'ajv'
import { createGenerator } from 'ts-json-schema-generator'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const generator = createGenerator({
  path: here('slack_types.ts'), tsconfig: here('tsconfig.json'), type: '*', jsDoc: 'none', additionalProperties: false,
})
const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true })
ajv.addSchema(JSON.parse(JSON.stringify(generator.createSchema('*')), asked), 'slack')

// The same schema, with what has a fixed type asked for its type first: a payload is tried as each
// kind of block, and the kinds that it does not claim to be then complain of nothing else.
function asked(_key, schema) {
  const kind = schema?.properties?.type?.const
  if (kind === undefined || !schema.required?.includes('type')) return schema
  const head = { type: 'object', properties: { type: { const: kind, type: 'string' } }, required: ['type'] }
  return { if: head, then: schema, else: head }
}

// The innermost of what is wrong, or that there is no such kind.
function faults(errors) {
  const isType = ({ keyword, instancePath: at }) => keyword === 'if' || (keyword === 'const' && at.endsWith('/type'))
  const other = errors.filter((error) => !isType(error))
  const depth = ({ instancePath: at }) => at.split('/').length
  const most = Math.max(...other.map(depth))
  const innermost = other.filter((error) => depth(error) === most)
  const exact = innermost.filter(({ keyword }) => keyword !== 'anyOf')
  const said = [exact, innermost, errors].find((some) => some.length > 0)
  const words = ({ instancePath: at, data, message, params }) =>
    [at || '/', `(${data?.type ?? typeof data})`, message, params.additionalProperty ?? params.allowedValue].filter(Boolean).join(' ')
  return [...new Set(said.map(words))]
}

for await (const line of createInterface({ input: process.stdin })) {
  const { name, surface, payload } = JSON.parse(line)
  const valid = ajv.getSchema(`slack#/definitions/${surface}`)
  if (!valid) throw new Error(`no such surface: ${surface}`)
  const ok = valid(payload)
  console.log(JSON.stringify({ name, ok, errors: ok ? [] : faults(valid.errors) }))
}
