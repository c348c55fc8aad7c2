-- One user's log, all its keys in one slot (package-info.java draws them):
--   KEYS[1]  hash: the history it belongs to, its generation, heads, floors, days
--   KEYS[2], KEYS[3], KEYS[4]  sorted sets: changes, delivered, read; name of what changed -> offset
--   KEYS[5]  hash: conversation -> joined:last, how far it is in this log
-- Every function may run twice and late: see Logs.java for why neither does harm.

local GENERATION = 4294967296
local TRIMMED_AT_A_TIME = 1000
-- Seconds without an append after which a log is gone. The entries outlive what says that they are all there.
local HEAD_KEPT = 8 * 86400
local LOG_KEPT = 9 * 86400

-- The log's state; nil and the generation that it had if it is void or was never begun.
local function opened(keys)
  local f = redis.call('HMGET', keys[1], 'history', 'generation', 'head2', 'head3', 'head4', 'floor2', 'floor3', 'floor4')
  if not f[1] or f[1] ~= history() then
    return nil, {'VOID', history(), f[2] or '0'}
  end
  return {head = {[2] = tonumber(f[3]), [3] = tonumber(f[4]), [4] = tonumber(f[5])},
          floor = {[2] = tonumber(f[6]), [3] = tonumber(f[7]), [4] = tonumber(f[8])}}
end

local function offsets(log)
  return {whole(log.head[2]), whole(log.head[3]), whole(log.head[4]),
          whole(log.floor[2]), whole(log.floor[3]), whole(log.floor[4])}
end

-- Begins a log under a new generation, unless somebody has.
--   ARGV: the history for which the generation was asked for, the generation
local function begin(keys, args)
  if history() ~= args[1] then return {'MOVED'} end
  if opened(keys) then return {'OPEN'} end
  local before = tonumber(redis.call('HGET', keys[1], 'generation') or '0')
  local generation = tonumber(args[2])
  if before >= generation then return {'OLD'} end
  redis.call('DEL', unpack(keys))
  local first = whole(generation * GENERATION)
  redis.call('HSET', keys[1], 'history', args[1], 'generation', args[2], 'head2', first, 'head3', first, 'head4', first,
    'floor2', first, 'floor3', first, 'floor4', first)
  redis.call('EXPIRE', keys[1], HEAD_KEPT)
  return {'OK'}
end

-- Puts a name at the end of a track, from wherever it stood.
local function put(keys, log, track, name)
  local offset = log.head[track] + 1
  redis.call('ZADD', keys[track], whole(offset), name)
  log.head[track] = offset
  return offset
end

local function trim(keys, log, track, limit)
  local over = redis.call('ZCARD', keys[track]) - limit
  if over > limit / 10 then
    local gone = redis.call('ZRANGE', keys[track], 0, math.min(over, TRIMMED_AT_A_TIME) - 1, 'WITHSCORES')
    log.floor[track] = math.max(log.floor[track], tonumber(gone[#gone]))
    redis.call('ZREMRANGEBYSCORE', keys[track], '-inf', whole(log.floor[track]))
  end
end

-- On the first append of a day: notes where the log stands, and forgets what is older than `days`. What
-- was appended on a day lies between its note and the next.
local function turn(keys, log, today, days)
  if redis.call('HEXISTS', keys[1], 'day' .. today) == 1 then return end
  redis.call('HSET', keys[1], 'day' .. today, table.concat({whole(log.head[2]), whole(log.head[3]), whole(log.head[4])}, ' '))
  local notes = {}
  local fields = redis.call('HGETALL', keys[1])
  for i = 1, #fields, 2 do
    local day = tonumber(fields[i]:match('^day(%d+)$'))
    if day then notes[#notes + 1] = {day = day, heads = fields[i + 1]} end
  end
  table.sort(notes, function(one, other) return one.day < other.day end)
  for i = 1, #notes - 1 do
    if notes[i].day <= tonumber(today) - days then
      redis.call('HDEL', keys[1], 'day' .. whole(notes[i].day))
      local track = 2
      for floor in notes[i + 1].heads:gmatch('%d+') do
        log.floor[track] = math.max(log.floor[track], tonumber(floor))
        redis.call('ZREMRANGEBYSCORE', keys[track], '-inf', whole(log.floor[track]))
        track = track + 1
      end
    end
  end
  redis.call('EXPIRE', keys[1], HEAD_KEPT)
  for i = 2, 5 do redis.call('EXPIRE', keys[i], LOG_KEPT) end
end

-- A log that has no word of a conversation, or an older joining, gets its whole state.
local function refresh(keys, log, conversation, joined, last)
  redis.call('HSET', keys[5], conversation, joined .. ':' .. last)
  return put(keys, log, 2, 'm/' .. conversation .. '/' .. last)
end

local ops = {}

-- Messages from..to of a conversation, in order and once.
function ops.ADDED(keys, log, a)
  local conversation, joined, from, to = a[1], tonumber(a[2]), tonumber(a[3]), tonumber(a[4])
  local known = redis.call('HGET', keys[5], conversation)
  local knownJoined, last = -1, -1
  if known then
    knownJoined, last = known:match('^(%-?%d+):(%d+)$')
    knownJoined, last = tonumber(knownJoined), tonumber(last)
  end
  if knownJoined > joined or (knownJoined == joined and to <= last) then
    return {'KNOWN', whole(log.head[2])}
  end
  local before = log.head[2]
  if knownJoined < joined then
    local offset = refresh(keys, log, conversation, a[2], a[4])
    return {'REFRESHED', whole(before), whole(offset)}
  end
  if from > last + 1 then return {'GAP', whole(last)} end
  for seq = last + 1, to do put(keys, log, 2, 'a/' .. conversation .. '/' .. whole(seq)) end
  redis.call('HSET', keys[5], conversation, a[2] .. ':' .. a[4])
  return {'PUT', whole(before), whole(log.head[2])}
end

-- Something that supersedes what was said of the same before.
function ops.CHANGED(keys, log, a)
  local track = tonumber(a[1])
  local before = log.head[track]
  return {'PUT', whole(before), whole(put(keys, log, track, a[2]))}
end

-- The user is in a conversation whose messages go up to `last`.
function ops.JOINED(keys, log, a)
  local conversation, joined, last = a[1], tonumber(a[2]), tonumber(a[3])
  local known = redis.call('HGET', keys[5], conversation)
  if known then
    local knownJoined, knownLast = known:match('^(%-?%d+):(%d+)$')
    if tonumber(knownJoined) > joined then return {'KNOWN', whole(log.head[2])} end
    if tonumber(knownJoined) == joined then last = math.max(last, tonumber(knownLast)) end
  end
  local before = log.head[2]
  return {'PUT', whole(before), whole(refresh(keys, log, conversation, a[2], whole(last)))}
end

-- The user is out of a conversation.
function ops.LEFT(keys, log, a)
  redis.call('HDEL', keys[5], a[1])
  local before = log.head[2]
  return {'PUT', whole(before), whole(put(keys, log, 2, 'm/' .. a[1] .. '/x'))}
end

-- ARGV: today, days and entries that are kept, then steps: name, number of arguments, arguments
local function append(keys, args)
  local log, void = opened(keys)
  if not log then return void end
  turn(keys, log, args[1], tonumber(args[2]))
  local answers = {}
  local i = 4
  while i <= #args do
    local count = tonumber(args[i + 1])
    local a = {}
    for n = 1, count do a[n] = args[i + 1 + n] end
    answers[#answers + 1] = ops[args[i]](keys, log, a)
    i = i + 2 + count
  end
  for track = 2, 4 do trim(keys, log, track, tonumber(args[3])) end
  redis.call('HSET', keys[1], 'head2', whole(log.head[2]), 'head3', whole(log.head[3]), 'head4', whole(log.head[4]),
    'floor2', whole(log.floor[2]), 'floor3', whole(log.floor[3]), 'floor4', whole(log.floor[4]))
  return {'OK', answers}
end

local function heads(keys)
  local log, void = opened(keys)
  if not log then return void end
  return {'OK', offsets(log)}
end

-- ARGV: for each track the offset past which to read, or '-'; how many entries of each at the most
local function read(keys, args)
  local log, void = opened(keys)
  if not log then return void end
  local entries = {}
  for track = 2, 4 do
    local from = args[track - 1]
    entries[track - 1] = from == '-' and {} or
      redis.call('ZRANGE', keys[track], '(' .. from, '+inf', 'BYSCORE', 'LIMIT', '0', args[4], 'WITHSCORES')
  end
  return {'OK', offsets(log), entries}
end

-- ARGV: for each track the offset past which to count
local function count(keys, args)
  local log, void = opened(keys)
  if not log then return void end
  local entries = 0
  for track = 2, 4 do entries = entries + redis.call('ZCOUNT', keys[track], '(' .. args[track - 1], '+inf') end
  return {'OK', whole(entries)}
end

-- The newest names of the changes, newest first.  ARGV: how many
local function newest(keys, args)
  local log, void = opened(keys)
  if not log then return void end
  return {'OK', redis.call('ZRANGE', keys[2], '0', tonumber(args[1]) - 1, 'REV')}
end

-- How far each conversation is in this log.
local function reached(keys)
  local log, void = opened(keys)
  if not log then return void end
  return {'OK', redis.call('HGETALL', keys[5])}
end

redis.register_function('bocau_log_begin_VERSION', begin)
redis.register_function('bocau_log_append_VERSION', append)
redis.register_function{function_name = 'bocau_log_heads_VERSION', callback = heads, flags = {'no-writes'}}
redis.register_function{function_name = 'bocau_log_read_VERSION', callback = read, flags = {'no-writes'}}
redis.register_function{function_name = 'bocau_log_count_VERSION', callback = count, flags = {'no-writes'}}
redis.register_function{function_name = 'bocau_log_newest_VERSION', callback = newest, flags = {'no-writes'}}
redis.register_function{function_name = 'bocau_log_reached_VERSION', callback = reached, flags = {'no-writes'}}
