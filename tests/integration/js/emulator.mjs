// A Slack that nobody here wrote, until standard input ends; says where, as one line of JSON.
import { createEmulator } from 'emulate'

const token = 'xoxb-test'
const seed = { slack: { users: [{ name: 'ana', email: 'ana@placet.example' }], channels: [{ name: 'marketing-ops' }] } }
const slack = await createEmulator({ service: 'slack', port: Number(process.argv[2]), seed })

async function ask(method) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return (await fetch(`${slack.url}/api/${method}`, { method: 'POST', headers, body: '{}' })).json()
}

const { channels } = await ask('conversations.list')
const { members } = await ask('users.list')
const ours = (name) => channels.find((one) => one.name === name).id
console.log(JSON.stringify({
  address: slack.url, token, channel: ours('marketing-ops'), stranger: ours('general'),
  person: members.find((one) => one.name === 'ana').id,
}))
process.stdin.resume()
process.stdin.on('end', async () => { await slack.close(); process.exit(0) })
