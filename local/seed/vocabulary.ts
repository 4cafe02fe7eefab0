// What the development catalogue is made of. A product's name is "<quality> <thing>, <variant>".

/** A word and what it makes of the price: cents for a thing, a factor for the others. */
export type Priced = readonly [text: string, price: number];

export interface Shelf {
  category: string;
  qualities: readonly Priced[];
  things: readonly Priced[];
  variants: readonly Priced[];
}

/** Reads "Oak 1.2 | Cast Iron 1.4": the last word of each entry is its number. */
function priced(entries: string): Priced[] {
  return entries.split(" | ").map((entry) => {
    const space = entry.lastIndexOf(" ");
    return [entry.slice(0, space), Number(entry.slice(space + 1))];
  });
}

export const shelves: readonly Shelf[] = [
  {
    category: "kitchen",
    qualities: priced("Oak 1.2 | Stainless Steel 1.1 | Stoneware 1 | Cast Iron 1.4 | Enamelled 1.05"),
    things: priced(
      "Mixing Bowl 1890 | Casserole 5900 | Utensil Holder 1650 | Serving Platter 2490 | Salad Bowl 2790 | Butter Dish 1790 | Roasting Dish 3450 | Salt Cellar 1290 | Fruit Bowl 2990 | Trivet 1190 | Storage Jar 1490",
    ),
    variants: priced("small 0.8 | medium 1 | large 1.35"),
  },
  {
    category: "furniture",
    qualities: priced("Solid Oak 1.3 | Walnut 1.5 | Ash 1.15 | Birch 1 | Reclaimed Pine 0.95"),
    things: priced(
      "Dining Table 58900 | Bookcase 34900 | Side Table 14900 | Writing Desk 39900 | Coat Stand 8900 | Bench 18900 | Stool 7900 | Sideboard 64900 | Bedside Table 12900 | Shoe Rack 9900 | Wall Shelf 4900",
    ),
    variants: priced("natural oil 1.05 | clear varnish 1 | white stain 1.08 | self-assembly 0.85"),
  },
  {
    category: "lighting",
    qualities: priced("Brass 1.4 | Matt Black 1 | Rattan 0.9 | Opal Glass 1.25 | Linen 1.1"),
    things: priced(
      "Desk Lamp 5900 | Floor Lamp 12900 | Pendant 8900 | Wall Light 6900 | Table Lamp 6490 | Ceiling Light 9900 | Clip Light 2490 | Bedside Lamp 4490 | Reading Lamp 7490 | Lantern 3490 | Picture Light 5490",
    ),
    variants: priced("warm white 1 | dimmable 1.2 | with pull cord 1.05"),
  },
  {
    category: "bedding",
    qualities: priced("Washed Linen 1.6 | Organic Cotton 1.2 | Percale 1.1 | Flannel 1 | Sateen 1.25"),
    things: priced(
      "Duvet Cover 7900 | Pillowcase 1990 | Fitted Sheet 3490 | Flat Sheet 3990 | Bedspread 9900 | Throw 5490 | Bolster Cover 1790 | Mattress Protector 4490 | Cot Sheet 1690 | Quilt 11900 | Bed Skirt 3290",
    ),
    variants: priced("single 0.85 | double 1 | king 1.25 | chalk white 1 | slate blue 1.02"),
  },
  {
    category: "garden",
    qualities: priced("Galvanised 1.1 | Terracotta 0.9 | Hardwood 1.3 | Copper 1.6 | Powder-Coated 1.15"),
    things: priced(
      "Watering Can 2990 | Planter 3490 | Plant Labels 990 | Bird Feeder 2190 | Garden Trug 3290 | Obelisk 4990 | Window Box 2790 | Bird Bath 6490 | Potting Tray 2490 | Herb Pot 1290 | Trellis 3990",
    ),
    variants: priced("small 0.8 | large 1.4 | set of 3 2.4 | weathered 1.1"),
  },
  {
    category: "tools",
    qualities: priced("Forged 1.3 | Compact 0.9 | Professional 1.5 | Insulated 1.2 | Hardened Steel 1.25"),
    things: priced(
      "Claw Hammer 2490 | Pliers 1890 | Screwdriver Set 2990 | Block Plane 5490 | Chisel 1790 | Tin Snips 2290 | Adjustable Spanner 2190 | Wood Rasp 1590 | Spirit Level 2690 | Bench Vice 8900 | Try Square 1990",
    ),
    variants: priced("160 mm 0.9 | 200 mm 1 | 250 mm 1.15 | with pouch 1.2"),
  },
  {
    category: "stationery",
    qualities: priced("Cloth-Bound 1.3 | Recycled 0.9 | Leather 1.9 | Kraft 0.8 | Hand-Stitched 1.5"),
    things: priced(
      "Notebook 1290 | Sketchbook 1690 | Desk Diary 2190 | Pencil Case 1490 | Document Folder 1190 | Photo Album 2990 | Address Book 1390 | Guest Book 2690 | Letter Set 1590 | Memo Block 690 | Ring Binder 990",
    ),
    variants: priced("A6 0.8 | A5 1 | A4 1.3 | dotted 1.05 | ruled 1"),
  },
  {
    category: "books",
    qualities: priced(
      "A Field Guide to 1.1 | The Quiet History of 1 | Drawing 0.9 | A Year of 1 | Notes on 0.85",
    ),
    things: priced(
      "Coastal Birds 2190 | Mountain Flowers 2290 | Bread 2490 | Rivers 1890 | Night Skies 2390 | Old Roads 1790 | Lighthouses 1990 | Mosses and Ferns 2590 | Small Boats 1890 | Orchards 2090 | Stone Walls 1690",
    ),
    variants: priced("hardback 1.3 | paperback 0.8 | illustrated edition 1.6"),
  },
  {
    category: "toys",
    qualities: priced("Beech 1.2 | Maple 1.3 | Felt 0.9 | Painted 1 | Knitted 1.1"),
    things: priced(
      "Building Blocks 2990 | Rocking Horse 9900 | Stacking Rings 1690 | Hand Puppet 1490 | Train Set 4990 | Spinning Top 890 | Animal Puzzle 1790 | Pull-Along Duck 1990 | Shape Sorter 2290 | Farm Animals 2690 | Skittles 2490",
    ),
    variants: priced("from 1 year 0.95 | from 3 years 1 | gift box 1.2"),
  },
  {
    category: "bath",
    qualities: priced("Waffle 1 | Bamboo 0.95 | Turkish Cotton 1.3 | Honeycomb 1.1 | Quick-Dry 1.05"),
    things: priced(
      "Bath Towel 2490 | Hand Towel 1290 | Bath Mat 2190 | Bathrobe 6490 | Face Cloth 690 | Laundry Basket 3990 | Hair Wrap 1490 | Shower Curtain 2990 | Sauna Towel 3490 | Wash Bag 1990 | Slippers 2290",
    ),
    variants: priced("sand 1 | sage 1 | charcoal 1.03 | pair 1.8"),
  },
  {
    category: "outdoor",
    qualities: priced("Waterproof 1.3 | Lightweight 1.2 | Folding 1 | Waxed Canvas 1.5 | Insulated 1.25"),
    things: priced(
      "Daypack 7900 | Picnic Blanket 4490 | Camping Stool 3290 | Dry Bag 2290 | Camp Mug 1490 | Tarp 6490 | Sitting Pad 1690 | Cool Bag 3990 | Hip Pack 3490 | Tool Roll 2990 | Firewood Carrier 4290",
    ),
    variants: priced("olive 1 | rust 1 | navy 1 | large 1.3"),
  },
  {
    category: "audio",
    qualities: priced("Portable 0.9 | Bookshelf 1.3 | Wireless 1.2 | Walnut-Cased 1.7 | Studio 1.6"),
    things: priced(
      "Speaker 12900 | Radio 8900 | Headphones 14900 | Record Player 24900 | Amplifier 34900 | Microphone 11900 | Alarm Clock Radio 6490 | Cassette Recorder 9900 | Preamplifier 17900 | Subwoofer 27900 | Mixer 21900",
    ),
    variants: priced("black 1 | cream 1.03 | with case 1.15"),
  },
];
