// What folium's layers call in the browser. Every text in `data` is HTML made by map_text() in
// Python; points are [latitude, longitude].
"use strict";

window.heatmapsMap = (() => {
  const SELECTED = "#d55e00";
  const SITE = "#3b4a5f";
  const LOOKS = {
    open: { fillOpacity: 0.55, weight: 1.5, color: "#1b2430" },
    quiet: { fillOpacity: 0.2, weight: 1.5, color: "#1b2430", dashArray: "5 4" },
    solved: { fillOpacity: 0, weight: 2, color: "#00795a" },
    closed: { fillOpacity: 0, weight: 1.5, color: "#5b6675", dashArray: "2 4" },
  };
  const NAME_PX = { perLetter: 7, height: 16 };
  const NAME_MAY_OVERHANG = 1.3;

  function base(map, data) {
    map.setMinZoom(3).setMaxZoom(18);
    map.createPane("names").style.zIndex = 450;
    L.control.scale({ imperial: false }).addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(data.attribution).addTo(map);
    const names = data.territories
      .map((territory) => drawTerritory(map, territory, data.filled))
      .sort((one, other) => widthOf(map, other.outline) - widthOf(map, one.outline));
    map.on("zoomend", () => declutter(map, names));
    // The page or our own style sheet may change the map's height after it was made.
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
    map.fitBounds(data.bounds, { animate: false, padding: [8, 8] });
    declutter(map, names);
  }

  function drawTerritory(map, { name, outline, middle }, filled) {
    const shape = L.polygon(outline, {
      interactive: false,
      color: "#93a1b1",
      weight: 1,
      fillColor: "#fdfcf9",
      fillOpacity: filled ? 1 : 0,
    }).addTo(map);
    const text = document.createElement("span");
    text.innerHTML = name;
    const marker = L.marker(middle, {
      icon: L.divIcon({ className: "territory-name", html: text, iconSize: null }),
      pane: "names",
      interactive: false,
      keyboard: false,
    }).addTo(map);
    return { text, marker, outline: shape };
  }

  function widthOf(map, outline) {
    const { _southWest: southWest, _northEast: northEast } = outline.getBounds();
    return map.latLngToLayerPoint(northEast).x - map.latLngToLayerPoint(southWest).x;
  }

  // Shows the names that have room in their territory and do not cover another, widest first.
  function declutter(map, names) {
    const shown = [];
    for (const { text, marker, outline } of names) {
      const width = text.textContent.length * NAME_PX.perLetter;
      const at = map.latLngToLayerPoint(marker.getLatLng());
      const free = shown.every((other) => Math.abs(other.at.y - at.y) > NAME_PX.height
        || Math.abs(other.at.x - at.x) > (other.width + width) / 2);
      const fits = free && width < widthOf(map, outline) * NAME_MAY_OVERHANG;
      text.style.display = fits ? "" : "none";
      if (fits) shown.push({ at, width });
    }
  }

  function spots(group, all) {
    all.forEach((spot, rank) => {
      const ring = spot.selected ? { weight: 4, color: SELECTED, dashArray: null } : {};
      L.polygon(spot.outline, { fillColor: spot.fill, ...LOOKS[spot.look], ...ring })
        .bindTooltip(spot.label, { sticky: true, className: "spot-label" })
        .addTo(group);
      drawBadge(spot, rank).addTo(group);
    });
  }

  function drawBadge(spot, rank) {
    const hollow = spot.look === "solved" || spot.look === "closed";
    const badge = document.createElement("span");
    badge.innerHTML = spot.look === "solved" ? "✓" : spot.number;
    badge.style.background = hollow ? "#ffffff" : spot.fill;
    badge.style.color = hollow ? LOOKS[spot.look].color : spot.ink;
    const kind = `spot-badge ${spot.look}${spot.selected ? " selected" : ""}`;
    return L.marker(spot.badge, {
      icon: L.divIcon({ className: kind, html: badge, iconSize: null }),
      bubblingMouseEvents: true, // so that a click on a badge is a click on the map, at its point
      keyboard: false, // the list beside the map is the way for the keyboard
      riseOnHover: true,
      zIndexOffset: (spot.selected ? 100000 : 0) + rank * 10,
    }).bindTooltip(spot.label, { offset: [14, 0], className: "spot-label" });
  }

  function cells(group, all) {
    const hexagons = all.map(([outline, fillColor, count]) => L.polygon(outline, {
      count, fillColor, fillOpacity: 0.6, weight: 0.5, color: "#5b6675",
    }));
    L.featureGroup(hexagons)
      .bindTooltip((hexagon) => String(hexagon.options.count), { sticky: true })
      .addTo(group);
  }

  function address(group, { at, radius, label }) {
    L.circle(at, {
      radius, interactive: false, color: SELECTED, weight: 1.5, dashArray: "4 4",
      fillColor: SELECTED, fillOpacity: 0.08,
    }).addTo(group);
    L.circleMarker(at, {
      radius: 7, color: "#ffffff", weight: 2, fillColor: SELECTED, fillOpacity: 1,
    }).bindTooltip(label, { className: "spot-label" }).addTo(group);
  }

  // A dot for a site with a short ray for each azimuth; hollow where nothing is active yet.
  function sites(group, all) {
    for (const { at, rays, serving, label } of all) {
      for (const end of rays) {
        L.polyline([at, end], { color: SITE, weight: 2, interactive: false }).addTo(group);
      }
      L.circleMarker(at, {
        radius: 4, color: SITE, weight: 2, fillColor: serving ? SITE : "#ffffff", fillOpacity: 1,
      }).bindTooltip(label, { className: "spot-label" }).addTo(group);
    }
  }

  // After a click the keys belong to the page again.
  function leave() {
    window.parent.focus();
  }

  // Numbered places of which one is meant: that one stands out, with the circle that holds it.
  function candidates(group, all) {
    window.map.off("click", leave).on("click", leave);
    all.forEach(({ at, number, radius, selected, label }, rank) => {
      if (selected && radius) {
        L.circle(at, {
          radius, interactive: false, color: SELECTED, weight: 1.5, dashArray: "4 4",
          fillColor: SELECTED, fillOpacity: 0.08,
        }).addTo(group);
      }
      const badge = document.createElement("span");
      badge.innerHTML = number;
      badge.style.background = "#ffffff";
      L.marker(at, {
        icon: L.divIcon({
          className: `spot-badge open${selected ? " selected" : ""}`, html: badge, iconSize: null,
        }),
        bubblingMouseEvents: true, // so that a click on a number is a click on the map, at its point
        keyboard: false, // the list beside the map is the way for the keyboard
        riseOnHover: true,
        zIndexOffset: (selected ? 100000 : 0) - rank * 10,
      }).bindTooltip(label, { offset: [14, 0], className: "spot-label" }).addTo(group);
    });
  }

  function look(group, data) {
    const wish = JSON.stringify(data);
    if (window.heatmapsLooked === wish) return;
    window.heatmapsLooked = wish;
    const map = window.map;
    if (data.bounds) map.fitBounds(data.bounds, {
      animate: false, maxZoom: data.closest, padding: [40, 40],
    });
    else map.setView(data.at, data.zoom, { animate: false });
  }

  return { base, spots, cells, address, sites, candidates, look };
})();
