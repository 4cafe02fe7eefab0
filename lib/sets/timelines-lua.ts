// The Lua of posts and timelines. All keys are in one slot.

import type { Script } from "../redis/index.ts";
import { STAMPS } from "./stamps-lua.ts";

/**
 * Adds a post, whose id is greater than that of every other. Of an author's posts the newest are kept.
 *
 *   KEYS[1] the author's posts  KEYS[2] authors
 *   ARGV[1] author  ARGV[2] text  ARGV[3] microseconds since 1970, now  ARGV[4] how many posts are kept
 *
 * Answers the id.
 */
export const POST: Script = {
  name: "timelines-post",
  sha1: "05b4d89da1566c29716ff0cb69a92dae990a1cf7",
  commands: 4,
  lua: `${STAMPS}
local id = stamp(ARGV[3], KEYS[2])
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[4], id .. '-0', 'text', ARGV[2])
redis.call('ZADD', KEYS[2], id, ARGV[1])
return id
`,
};

/**
 * Whose posts can be on a page of a user's timeline.
 *
 * Who has not posted since it begins (ARGV[2]) has the newest post of theirs behind that, and by it their place among such
 * authors. The page holds no more posts than are wanted, so those at the first so many places fill it, and no other can
 * be on it. Of who has posted since, nothing is known: each of them may be on it. On the first page there is nobody
 * such; on a later one at most as many as there are posts before it.
 *
 *   KEYS[1] whom the user follows  KEYS[2] authors
 *   ARGV[1] user  ARGV[2] id behind which the page begins, "" for the newest  ARGV[3] how many posts are wanted
 *
 * Answers {newest id, oldest id that can be on the page, author, …}. Whatever is posted from now on has a greater id.
 */
export const FIND_AUTHORS: Script = {
  name: "timelines-find-authors",
  sha1: "21af6f2a2023d06eff6e289c522aba2b0852c6b1",
  commands: 3,
  lua: `
local before, wanted = tonumber(ARGV[2]) or math.huge, tonumber(ARGV[3])
local found = redis.call('ZINTER', 2, KEYS[1], KEYS[2], 'WEIGHTS', 0, 1, 'WITHSCORES')
local own = redis.call('ZSCORE', KEYS[2], ARGV[1])
local authors = own and {{ARGV[1], tonumber(own)}} or {}
for i = 1, #found, 2 do authors[#authors + 1] = {found[i], tonumber(found[i + 1])} end
table.sort(authors, function(a, b) return a[2] > b[2] end)

local newest, oldest, places, answer = 0, 0, 0, {'', ''}
if authors[1] then newest = math.min(authors[1][2], before - 1) end
for _, author in ipairs(authors) do
  answer[#answer + 1] = author[1]
  if author[2] < before then places = places + 1 end
  if places == wanted then
    oldest = author[2]
    break
  end
end
answer[1], answer[2] = string.format('%.0f', newest), string.format('%.0f', oldest)
return answer
`,
};

/**
 * The newest posts of several authors within bounds, newest first.
 *
 *   KEYS the authors' posts
 *   ARGV[1] newest id  ARGV[2] oldest id  ARGV[3] how many are wanted
 *
 * Answers {number of the author's key, id, text, …}.
 */
export const READ_POSTS: Script = {
  name: "timelines-read-posts",
  sha1: "780f1fd1434eaac1952930f45447a599b06ef59d",
  // The caller says how many it can be: see `read`.
  commands: 0,
  lua: `
local newest, oldest, wanted = ARGV[1], ARGV[2], tonumber(ARGV[3])
local function read(i, count)
  return redis.call('XREVRANGE', KEYS[i], newest, oldest, 'COUNT', count)
end

-- The newest of a list, newest first. Once there are as many as are wanted, what is older than the last can be on no page.
local function newestOf(list)
  table.sort(list, function(a, b) return a.id > b.id end)
  for i = #list, wanted + 1, -1 do list[i] = nil end
  if #list == wanted then oldest = string.format('%.0f', list[wanted].id) end
  return list
end
local function idOf(entry) return tonumber(string.match(entry[1], '^%d+')) end

-- Where there are more authors than posts are wanted, their newest posts say which of them to read.
local authors = {}
for i = 1, #KEYS do
  if #KEYS <= wanted then
    authors[i] = {key = i}
  else
    local head = read(i, 1)[1]
    if head then authors[#authors + 1] = {key = i, id = idOf(head)} end
  end
end
if #KEYS > wanted then authors = newestOf(authors) end

local posts = {}
for _, author in ipairs(authors) do
  for _, entry in ipairs(read(author.key, wanted)) do
    posts[#posts + 1] = {id = idOf(entry), key = author.key, text = entry[2][2]}
  end
  posts = newestOf(posts)
end

local answer = {}
for _, post in ipairs(posts) do
  answer[#answer + 1] = post.key
  answer[#answer + 1] = string.format('%.0f', post.id)
  answer[#answer + 1] = post.text
end
return answer
`,
};
