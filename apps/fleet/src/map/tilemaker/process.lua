-- What of OpenStreetMap becomes which layer of the tiles. Works with tilemaker 2 (Debian 12) and 3 (Debian 13).
-- Zoom ends at 14, beyond which tilemaker 3.0 makes no tiles at all; the browser draws nearer zooms from those.

node_keys = { "addr:housenumber", "place", "railway" }

-- tilemaker 2 hands each function the object and has methods on it; tilemaker 3 has them as global functions.
local object

local function find(key)
  if Find then return Find(key) end
  return object:Find(key)
end
local function is_closed()
  if IsClosed then return IsClosed() end
  return object:IsClosed()
end
local function area_m2()
  if Area then return Area() end
  return object:Area()
end
local function layer(name, is_area)
  if Layer then Layer(name, is_area) else object:Layer(name, is_area) end
end
local function layer_as_centroid(name)
  if LayerAsCentroid then LayerAsCentroid(name) else object:LayerAsCentroid(name) end
end
local function attribute(key, value)
  if value == "" then return end
  if Attribute then Attribute(key, value) else object:Attribute(key, value) end
end
local function min_zoom(zoom)
  if MinZoom then MinZoom(zoom) else object:MinZoom(zoom) end
end
local function z_order(order)
  if ZOrder then ZOrder(order) else object:ZOrder(order) end
end

local function set(...)
  local found = {}
  for _, value in ipairs({ ... }) do found[value] = true end
  return found
end

local function names()
  local name = find("name")
  attribute("name", name)
  local english = find("name:en")
  if english ~= name then attribute("nameEn", english) end
end

local place_zooms = {
  city = 9, town = 9, village = 10, suburb = 11, borough = 11, hamlet = 12, quarter = 12, neighbourhood = 13,
  square = 14,
}

local function house_number()
  local number = find("addr:housenumber")
  if number == "" then return "" end
  return number
end

function node_function(node)
  object = node
  local number = house_number()
  if number ~= "" then
    layer("house_numbers", false)
    attribute("number", number)
  end
  local place = find("place")
  if place_zooms[place] and find("name") ~= "" then
    layer("places", false)
    attribute("kind", place)
    names()
    min_zoom(place_zooms[place])
    z_order(20 - place_zooms[place])
  end
  if find("railway") == "station" and find("name") ~= "" then
    layer("places", false)
    attribute("kind", find("station") == "subway" and "metro" or "station")
    names()
    min_zoom(find("station") == "subway" and 14 or 11)
  end
end

local motorways = set("motorway", "motorway_link", "trunk", "trunk_link")
local main_roads = set("primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link")
local streets = set("unclassified", "residential", "living_street", "busway", "bus_guideway", "road")
local paths = set("footway", "path", "steps", "bridleway", "corridor")

local function road_kind(highway)
  if motorways[highway] then return "motorway", 9 end
  if main_roads[highway] then return "main-street", 10 end
  if streets[highway] then return "street", 12 end
  if highway == "pedestrian" then return "pedestrian", 13 end
  if highway == "cycleway" then return "cycle-route", 12 end
  if highway == "service" or highway == "track" then return "service", 14 end
  if paths[highway] then return "path", 14 end
  return nil
end

local function road(highway)
  local kind, zoom = road_kind(highway)
  if kind == nil then return end
  local is_square = find("area") == "yes" or (kind == "pedestrian" and is_closed() and find("place") == "square")
  if is_square then
    layer("squares", true)
    attribute("kind", "square")
    if find("name") ~= "" then
      layer_as_centroid("places")
      attribute("kind", "square")
      names()
      min_zoom(14)
    end
    return
  end
  local bridge, tunnel = find("bridge"), find("tunnel")
  layer("roads", false)
  attribute("kind", kind)
  if bridge ~= "" and bridge ~= "no" then attribute("bridge", "yes") end
  if tunnel ~= "" and tunnel ~= "no" and tunnel ~= "building_passage" then attribute("tunnel", "yes") end
  min_zoom(zoom)
  local order = { path = 1, service = 2, ["cycle-route"] = 3, pedestrian = 4, street = 5, ["main-street"] = 6, motorway = 7 }
  z_order(order[kind] + (tonumber(find("layer")) or 0) * 10)
  local name = find("name")
  if name ~= "" and kind ~= "path" and kind ~= "service" then
    layer("street_names", false)
    attribute("kind", kind)
    attribute("name", name)
    min_zoom(kind == "motorway" and 11 or kind == "main-street" and 13 or 14)
  end
end

local green_landuse = set("grass", "forest", "meadow", "recreation_ground", "village_green", "cemetery", "allotments", "orchard")
local green_leisure = set("park", "garden", "golf_course", "nature_reserve", "dog_park", "playground", "common", "pitch")
local green_natural = set("wood", "scrub", "heath", "grassland", "wetland", "sand", "beach")

local function water_kind()
  local waterway = find("waterway")
  if find("natural") == "water" or find("landuse") == "basin" or find("landuse") == "reservoir"
    or waterway == "riverbank" or waterway == "dock" then
    return "water"
  end
  return nil
end

local function green_kind()
  local leisure = find("leisure")
  if leisure == "park" or leisure == "nature_reserve" then return "park" end
  local natural = find("natural")
  if natural == "wood" or find("landuse") == "forest" then return "wood" end
  if green_leisure[leisure] or green_landuse[find("landuse")] or green_natural[natural] then return "grass" end
  return nil
end

local function area_name(kind, zoom_of_large, zoom_of_small)
  if find("name") == "" then return end
  layer_as_centroid("places")
  attribute("kind", kind)
  names()
  min_zoom(area_m2() > 150000 and zoom_of_large or zoom_of_small)
end

local water_lines = set("river", "canal", "stream", "ditch", "drain")

function way_function(way)
  object = way
  local building = find("building")
  local closed = is_closed()
  if building ~= "" and building ~= "no" then
    if closed then layer("buildings", true) end
    local number = house_number()
    if number ~= "" then
      layer_as_centroid("house_numbers")
      attribute("number", number)
    end
    return
  end
  local highway = find("highway")
  if highway ~= "" then
    road(highway)
    return
  end
  local railway = find("railway")
  if railway == "rail" or railway == "tram" or railway == "subway" or railway == "light_rail" then
    local tunnel = find("tunnel")
    layer("rail", false)
    attribute("kind", railway)
    if tunnel ~= "" and tunnel ~= "no" then attribute("tunnel", "yes") end
    local service = find("service")
    min_zoom(service ~= "" and 14 or railway == "rail" and 9 or 12)
    return
  end
  if find("route") == "ferry" then
    layer("roads", false)
    attribute("kind", "ferry")
    min_zoom(11)
    if find("name") ~= "" then
      layer("street_names", false)
      attribute("kind", "ferry")
      attribute("name", find("name"))
      min_zoom(13)
    end
    return
  end
  local waterway = find("waterway")
  if water_lines[waterway] then
    layer("waterways", false)
    attribute("kind", waterway)
    names()
    min_zoom((waterway == "river" or waterway == "canal") and 10 or 14)
    return
  end
  if not closed then return end
  local place = find("place")
  if place == "island" or place == "islet" then
    -- What is an island on the ground is a hole in the water already; only its name is wanted.
    area_name("neighbourhood", 12, 14)
    return
  end
  if place_zooms[place] and find("name") ~= "" then
    layer_as_centroid("places")
    attribute("kind", place)
    names()
    min_zoom(place_zooms[place])
    return
  end
  local water = water_kind()
  if water then
    layer("water", true)
    attribute("kind", water)
    area_name("water", 11, 14)
    return
  end
  local green = green_kind()
  if green then
    layer("green", true)
    attribute("kind", green)
    if green == "park" then area_name("park", 12, 14) end
  end
end
