// The index of a board, in Lua: who has which score, and how many have a lesser one, in one HMGET at any size.
//
// A sorted set finds a member's place, but equals share a rank, and how many are before them all is a ZCOUNT: one command
// more for each score that is asked for, after the one that finds the score. The index answers for any number of scores
// at once, and how many members there are besides.
//
// It is one hash for each board, of
//
//   MEMBER   "VALUE STAMP DATA": the member's value, its stamp ("" without), its data ("" without)
//   #…       a node: how many members have which values. The root is "#"; a node's name is the digits that its values
//            have in common. A leaf lists up to 16 values, "L 12=1 40=3"; it splits into a node that lists the
//            values' next digits, "N 0=20 7=13", and a leaf for each of those.
//   #seq     the last stamp given (a name cannot have a "#" in it)
//
// A value's digits are its exponent, then its mantissa in base 32, so they sort as the values do, and whatever the values,
// a path has at most 13 nodes, whose names follow from the value alone. The lesser values are those beside the path.

/**
 * `pathOf(value, depth)`: the names of the nodes from the root down, at least so many, and the digits by which each but
 * the last hands on to the next. Made no longer than is asked for: most nodes that far down are not there.
 */
const PATH = `
local DEPTH = 13
local paths = {}
local function pathOf(value, depth)
  local path = paths[value]
  if not path then
    -- The mantissa without its sign and its leading bit: from 0 to 1, rising with the value. All of it is exact.
    local mantissa, exponent = math.frexp(value)
    local head, rest = 0, 0
    if value > 0 then head, rest = exponent + 1100, 2 * mantissa - 1 end
    if value < 0 then head, rest = -exponent - 1100, 2 * mantissa + 2 end
    path = { text = string.format('%.17g', value), fields = {'#', '#' .. head .. '.'}, digits = {head}, rest = rest }
    paths[value] = path
  end
  for i = #path.fields, depth - 1 do
    local rest = path.rest * 32
    local digit = math.floor(rest)
    path.rest = rest - digit
    path.digits[i] = digit
    path.fields[i + 1] = path.fields[i] .. string.char(48 + digit)
  end
  return path
end
`;

/**
 * `openIndex(key)`, to read. `read(fields)` fetches fields in one command, `want(fields, value, from, to)` adds nodes of a
 * value's path; what `count` and `total` need must have been fetched before.
 */
export const READ_INDEX = `${PATH}
local function openIndex(key)
  local texts, nodes, index = {}, {}, {}

  function index.want(fields, value, from, to)
    local path = pathOf(value, to)
    for depth = from, to do fields[#fields + 1] = path.fields[depth] end
  end

  function index.read(fields)
    local wanted = {}
    for _, field in ipairs(fields) do
      if texts[field] == nil then
        texts[field] = false
        wanted[#wanted + 1] = field
      end
    end
    -- Lua hands on less than 8,000 arguments.
    for from = 1, #wanted, 7000 do
      local to = math.min(from + 6999, #wanted)
      for i, text in ipairs(redis.call('HMGET', key, unpack(wanted, from, to))) do texts[wanted[from + i - 1]] = text end
    end
  end

  function index.text(field) return texts[field] end

  function index.record(member)
    local value, stamp, data = string.match(texts[member] or '', '^(%S+) (%d*) (.*)$')
    if not value then return false end
    return { value = tonumber(value), stamp = stamp, data = data }
  end

  -- By digit, but by a value's text in a leaf, where most are only handed on.
  function index.node(field)
    local node = nodes[field]
    if not node then
      local text = texts[field] or 'L'
      node = { leaf = string.byte(text) == 76, counts = {} }
      for of, n in string.gmatch(text, ' ([^=]+)=(%d+)') do node.counts[node.leaf and of or tonumber(of)] = tonumber(n) end
      nodes[field] = node
    end
    return node
  end

  -- How many have a lesser value, and how many this one.
  function index.count(value)
    local less = 0
    for depth = 1, DEPTH do
      local path = pathOf(value, depth + 1)
      local node = index.node(path.fields[depth])
      local at = node.leaf and value or path.digits[depth]
      for of, n in pairs(node.counts) do
        if (node.leaf and tonumber(of) or of) < at then less = less + n end
      end
      if node.leaf then return less, node.counts[path.text] or 0 end
    end
  end

  function index.total()
    local total = 0
    for _, n in pairs(index.node('#').counts) do total = total + n end
    return total
  end

  return index
end
`;

/**
 * `openIndex(key)`, to write too. `fetch(values)` fetches what the others need to know of the values' paths, in one command
 * or two; `add(value, n)` puts members at a value or (negative) takes them away; `write(set, gone)` stores what has
 * changed, together with fields and values of the caller's and fields to delete.
 */
export const WRITE_INDEX = `${READ_INDEX}
local LEAF, NEAR = 16, 6
local openToRead = openIndex
local function openIndex(key)
  local index, changed = openToRead(key), {}

  -- The paths of most boards end before NEAR: to fetch all of each would be twice the work.
  function index.fetch(values)
    local near, far = {}, {}
    for _, value in ipairs(values) do index.want(near, value, 1, NEAR) end
    index.read(near)
    for _, value in ipairs(values) do
      local last = pathOf(value, NEAR).fields[NEAR]
      if not index.node(last).leaf then index.want(far, value, NEAR + 1, DEPTH) end
    end
    index.read(far)
  end

  local function put(node, of, n)
    n = (node.counts[of] or 0) + n
    node.counts[of] = n > 0 and n or nil
  end

  local function split(depth, node)
    local size = 0
    for _ in pairs(node.counts) do size = size + 1 end
    if size <= LEAF then return end
    local values, children = node.counts, {}
    node.leaf, node.counts = false, {}
    for text, n in pairs(values) do
      local path = pathOf(tonumber(text), depth + 1)
      put(node, path.digits[depth], n)
      local field = path.fields[depth + 1]
      local child = index.node(field)
      child.leaf = child.leaf or not next(child.counts)
      put(child, text, n)
      children[field] = child
    end
    for field, child in pairs(children) do
      changed[field] = true
      split(depth + 1, child)
    end
  end

  function index.add(value, n)
    for depth = 1, DEPTH do
      local path = pathOf(value, depth + 1)
      local field = path.fields[depth]
      local node = index.node(field)
      changed[field] = true
      node.leaf = node.leaf or not next(node.counts)
      put(node, node.leaf and path.text or path.digits[depth], n)
      if node.leaf then return split(depth, node) end
    end
  end

  function index.write(set, gone)
    for field in pairs(changed) do
      local node = index.node(field)
      if next(node.counts) then
        local text = { node.leaf and 'L' or 'N' }
        for of, n in pairs(node.counts) do text[#text + 1] = of .. '=' .. n end
        set[#set + 1] = field
        set[#set + 1] = table.concat(text, ' ')
      else
        gone[#gone + 1] = field
      end
    end
    for from = 1, #set, 7000 do redis.call('HSET', key, unpack(set, from, math.min(from + 6999, #set))) end
    for from = 1, #gone, 7000 do redis.call('HDEL', key, unpack(gone, from, math.min(from + 6999, #gone))) end
  end

  return index
end
`;
