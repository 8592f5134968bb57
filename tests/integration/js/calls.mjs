// Makes the same calls through the official SDK against one address; prints what came back.
import { WebClient, LogLevel } from '@slack/web-api'
const [address, token, channel, stranger, person] = process.argv.slice(2)
const make = (given) => new WebClient(given, { slackApiUrl: `${address}/api/`, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 } })
const client = make(token)
const found = {}
async function call(name, method, args = {}, using = client) {
  try { const answer = await using.apiCall(method, args); found[name] = { ok: answer.ok }; return answer }
  catch (error) { found[name] = { ok: false, error: error.data?.error ?? error.code ?? String(error) }; return {} }
}
const text = (words) => ({ type: 'plain_text', text: words })
const modal = { type: 'modal', title: text('T'), blocks: [{ type: 'section', text: text('x') }] }
await call('auth.test', 'auth.test')
await call('no token', 'auth.test', {}, make(undefined))
await call('wrong token', 'auth.test', {}, make('xoxb-wrong'))
const posted = await call('post', 'chat.postMessage', { channel, text: 'hello' })
await call('post with blocks', 'chat.postMessage', { channel, text: 'x', blocks: [{ type: 'section', text: text('y') }] })
await call('reply', 'chat.postMessage', { channel, text: 'again', thread_ts: posted.ts })
await call('no channel', 'chat.postMessage', { channel: 'C404', text: 'x' })
await call('not in channel', 'chat.postMessage', { channel: stranger, text: 'x' })
await call('no text', 'chat.postMessage', { channel })
await call('update', 'chat.update', { channel, ts: posted.ts, text: 'changed' })
await call('update nothing', 'chat.update', { channel, ts: '1.000000', text: 'x' })
await call('permalink', 'chat.getPermalink', { channel, message_ts: posted.ts })
await call('no permalink', 'chat.getPermalink', { channel, message_ts: '1.000000' })
await call('ephemeral', 'chat.postEphemeral', { channel, user: person, text: 'psst' })
await call('replies', 'conversations.replies', { channel, ts: posted.ts })
await call('no replies', 'conversations.replies', { channel, ts: '1.000000' })
await call('history', 'conversations.history', { channel, limit: 10 })
await call('history of nothing', 'conversations.history', { channel: 'C404' })
await call('open', 'conversations.open', { users: person })
await call('open nobody', 'conversations.open', { users: 'U404' })
await call('user', 'users.info', { user: person })
await call('no user', 'users.info', { user: 'U404' })
await call('view without trigger', 'views.open', { trigger_id: '1.2.x', view: modal })
await call('view without view', 'views.open', { trigger_id: '1.2.x' })
await call('update no view', 'views.update', { view_id: 'V404', view: modal })
await call('publish', 'views.publish', { user_id: person, view: { type: 'home', blocks: [] } })
await call('publish for nobody', 'views.publish', { user_id: 'U404', view: { type: 'home', blocks: [] } })
await call('delete', 'chat.delete', { channel, ts: posted.ts })
await call('delete again', 'chat.delete', { channel, ts: posted.ts })
await call('unknown', 'no.such.method')
try {
  const file = await client.filesUploadV2({ channel_id: channel, filename: 'a.txt', content: 'a,b\n' })
  found['upload'] = { ok: file.ok }
} catch (error) { found['upload'] = { ok: false, error: error.data?.error ?? error.message } }
console.log(JSON.stringify(found))
