// What Placet sends, in Slack's own types. Slack's views also take any `{ type: string }` as a block,
// for blocks that are newer than the package; here only the blocks that it describes pass.
import type { HomeView, KnownBlock, ModalView } from '@slack/types'

interface KnownBlocks { blocks: KnownBlock[] }
export interface Message extends KnownBlocks { text: string }
export interface Modal extends Omit<ModalView, 'blocks'>, KnownBlocks {}
export interface Home extends Omit<HomeView, 'blocks'>, KnownBlocks {}
