package main

// canonicalHelp describes the commands that `voicetill hear` prints and that
// the protocol carries, in short; docs/protocol.md has all.
const canonicalHelp = `
What the till understands, as "hear" prints it and "do" messages carry it: a
JSON object with "do" and, where they apply,

  item      the item number as a string, or "last"; null where it is unknown
  name      the item's name
  quantity  a decimal string in the item's unit; add without one means 1,
            remove without one means the whole line
  unit      kg, l; absent for what is counted
  options   the chosen values by group, absent when empty
  n         which answer, for choose
  ask       why the till would ask first: quantity, teen, limit, age, alike,
            choice (with "or": the other meanings), clear, unit, unknown (with
            "heard": the number or name that was said)

  add        item 1203 times three · three oat milk · half a kilo of tomatoes
               {"do": "add", "item": "1203", "name": "oat milk", "quantity": "3"}
  remove     remove two of item 1203 · take off the oat milk · remove the last one
               {"do": "remove", "item": "1203", "name": "oat milk", "quantity": "2"}
  set        make it two · change item 1203 to five
               {"do": "set", "item": "last", "quantity": "2"}
  amend      with soy milk: options of the line just added
  undo       undo
  clear      cancel everything
  total      how much is it
  list       what is in my cart
  price      how much is item 1203
  help       what can i say
  repeat     say that again
  checkout   checkout · pay now · that is all
  confirm    confirm payment
  back       go back
  choose     the first one · number two
               {"do": "choose", "n": 1}
  yes, no    answers to a question
  staff      call staff
  leave      go without buying; tapped only

The whole protocol, HTTP and WebSocket, is in docs/protocol.md.
`
