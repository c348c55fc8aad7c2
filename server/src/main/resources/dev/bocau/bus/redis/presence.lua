#!lua name=bocau_presence_VERSION

-- Where the devices of one user are connected:
--   KEYS[1]  sorted set: device -> until when that is so, if nobody says so again, in ms
--   KEYS[2]  hash: device -> session:node

local KEPT = 150 * 1000

local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function drop(keys, devices)
  if #devices > 0 then
    redis.call('ZREM', keys[1], unpack(devices))
    redis.call('HDEL', keys[2], unpack(devices))
  end
end

-- A session of a device lives, unless a later one is known.
--   ARGV: device, session, node
local function here(keys, args)
  drop(keys, redis.call('ZRANGE', keys[1], '-inf', now(), 'BYSCORE'))
  local known = redis.call('HGET', keys[2], args[1])
  if known and tonumber(known:match('^(%d+):')) > tonumber(args[2]) then return {'OK'} end
  redis.call('ZADD', keys[1], now() + KEPT, args[1])
  redis.call('HSET', keys[2], args[1], args[2] .. ':' .. args[3])
  for i = 1, 2 do redis.call('PEXPIRE', keys[i], KEPT) end
  return {'OK'}
end

-- ARGV: device, session, node
local function gone(keys, args)
  if redis.call('HGET', keys[2], args[1]) == args[2] .. ':' .. args[3] then drop(keys, {args[1]}) end
  return {'OK'}
end

local function online(keys)
  return {'OK', redis.call('ZRANGE', keys[1], now(), '+inf', 'BYSCORE')}
end

redis.register_function('bocau_presence_here_VERSION', here)
redis.register_function('bocau_presence_gone_VERSION', gone)
redis.register_function{function_name = 'bocau_presence_online_VERSION', callback = online, flags = {'no-writes'}}
