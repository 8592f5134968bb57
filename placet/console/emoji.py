"""The names of emoji that are drawn; every other `:name:` stays as it is written."""

__all__ = ["EMOJI"]

_NAMED = """
+1 👍
-1 👎
alarm_clock ⏰
arrow_right ➡️
arrows_counterclockwise 🔄
ballot_box_with_check ☑️
bar_chart 📊
bell 🔔
bulb 💡
busts_in_silhouette 👥
calendar 📅
clipboard 📋
clock3 🕒
eyes 👀
heavy_check_mark ✔️
hourglass ⌛
hourglass_flowing_sand ⏳
inbox_tray 📥
information_source ℹ️
leftwards_arrow_with_hook ↩️
link 🔗
lock 🔒
mag 🔍
memo 📝
no_entry ⛔
no_entry_sign 🚫
octagonal_sign 🛑
pencil2 ✏️
question ❓
receipt 🧾
red_circle 🔴
robot_face 🤖
rotating_light 🚨
scroll 📜
sparkles ✨
stopwatch ⏱️
thumbsdown 👎
thumbsup 👍
ticket 🎫
wave 👋
warning ⚠️
white_check_mark ✅
x ❌
zap ⚡
"""

EMOJI: dict[str, str] = {
    name: glyph for name, _, glyph in (line.partition(" ") for line in _NAMED.strip().splitlines())
}
